//! Whatever an archive is packed in, no more is kept of it than the limits allow.

use std::sync::Arc;

use nodeproof::bundle::{Content, Place, Source, read};
use nodeproof::limits::Limits;
use proptest::prelude::*;

use crate::support::*;

type Pack = fn(&[u8]) -> Vec<u8>;

const PACKERS: [(&str, Pack); 5] = [
    ("tar.gz", gzip),
    ("tar.xz", xz),
    ("tar.zst", zstd),
    ("tar.bz2", bzip2),
    ("zip", zip_of),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_archive_is_read_within_its_limits_or_refused(
        sizes in prop::collection::vec(0usize..60_000, 1..5),
        inflated in 1u64..300_000,
        kept in 1u64..300_000,
        members in 1u64..8,
    ) {
        let bundle = sizes.iter().enumerate().fold(Bundle::node("n1"), |bundle, (at, size)| {
            bundle.member(&format!("files/etc/kubernetes/{at}"), vec![b'a'; *size])
        });
        let tar = bundle.tar();
        let count = bundle.files().len() as u64;
        for (ending, pack) in PACKERS {
            let place = Place {
                name: format!("n1.{ending}"),
                source: Source::Bytes {
                    file: format!("n1.{ending}"),
                    bytes: Arc::from(pack(&tar)),
                },
            };
            let limits = Limits {
                inflated_bytes: inflated,
                kept_bytes: kept,
                members,
                ..Limits::default()
            };
            let has_room = [inflated, kept].iter().all(|most| tar.len() as u64 <= *most);
            let Ok(bundle) = read(&place, &limits, &|_, _, _| true) else {
                prop_assert!(!has_room || count > members, "{ending} is refused");
                continue;
            };
            let bytes = bundle.members.iter().map(|member| match &member.content {
                Content::Kept(bytes) => bytes.len() as u64,
                _ => 0,
            });
            let bytes: u64 = bytes.sum();
            prop_assert!(bytes <= inflated && bytes <= kept, "{ending}: {bytes} bytes");
            prop_assert!(bundle.members.len() as u64 <= members, "{ending}: {count} members");
        }
    }
}
