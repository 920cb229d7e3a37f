//! Names of entries: UTF-8, or the code page of the first PCs; parts divided by `/`, or by `\`.

use flate2::Crc;

/// 0x80 to 0xff of code page 437.
const CP437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

const IS_UTF8: u16 = 1 << 11;

/// Systems whose tools write `\` between the parts of a path.
const DOS: [u16; 4] = [0, 10, 11, 14];

/// The name in UTF-8.
///
/// # Errors
/// What is wrong, as a sentence: it has a second name that is another one.
pub(super) fn decode(
    raw: &[u8],
    extra_fields: &[u8],
    flags: u16,
    host: u16,
) -> Result<Vec<u8>, &'static str> {
    let is_utf8 = std::str::from_utf8(raw).is_ok();
    let unicode = extra(extra_fields, 0x7075).and_then(|field| unicode(field, raw));
    let mut name = match unicode {
        Some(name) if name != raw && raw.is_ascii() => {
            return Err("an entry of it has two names that are not the same");
        }
        Some(name) => name.to_vec(),
        None if flags & IS_UTF8 != 0 || is_utf8 => raw.to_vec(),
        None => cp437(raw).into_bytes(),
    };
    if DOS.contains(&host) && !name.contains(&b'/') {
        for byte in &mut name {
            if *byte == b'\\' {
                *byte = b'/';
            }
        }
    }
    // A drive makes a path absolute.
    if let [letter, b':', b'/', ..] = name[..]
        && letter.is_ascii_alphabetic()
    {
        name.insert(0, b'/');
    }
    Ok(name)
}

/// The name of a Unicode path field, if it is of this name.
fn unicode<'f>(field: &'f [u8], raw: &[u8]) -> Option<&'f [u8]> {
    let (head, name) = field.split_first_chunk::<5>()?;
    let mut crc = Crc::new();
    crc.update(raw);
    let is_of_it = head[0] == 1 && head[1..] == crc.sum().to_le_bytes();
    is_of_it.then_some(name)
}

fn cp437(raw: &[u8]) -> String {
    let upper = |byte: u8| CP437.chars().nth(usize::from(byte - 0x80));
    raw.iter()
        .map(|byte| match byte {
            0x80.. => upper(*byte).unwrap_or('\u{fffd}'),
            _ => char::from(*byte),
        })
        .collect()
}

/// The content of the first extra field with this number.
pub(super) fn extra(mut fields: &[u8], wanted: u16) -> Option<&[u8]> {
    while let Some((head, rest)) = fields.split_first_chunk::<4>() {
        let id = u16::from_le_bytes([head[0], head[1]]);
        let length = usize::from(u16::from_le_bytes([head[2], head[3]]));
        let content = rest.get(..length)?;
        if id == wanted {
            return Some(content);
        }
        fields = &rest[length..];
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unicode_path(raw: &[u8], name: &str) -> Vec<u8> {
        let mut crc = Crc::new();
        crc.update(raw);
        let mut field = vec![1];
        field.extend(crc.sum().to_le_bytes());
        field.extend(name.bytes());
        let length = u16::try_from(field.len()).unwrap().to_le_bytes();
        [&[0x75, 0x70][..], &length, &field].concat()
    }

    #[test]
    fn a_name_is_read_as_its_packer_meant_it() {
        let path = unicode_path(b"\x84", "\u{e4}2");
        for (raw, extra, flags, host, wanted) in [
            (&b"a/b"[..], &[][..], 0, 3, "a/b"),
            (b"\x84.txt", &[], 0, 0, "\u{e4}.txt"),
            (b"\xff\x80", &[], 0, 3, "\u{a0}\u{c7}"),
            ("\u{e4}".as_bytes(), &[], IS_UTF8, 0, "\u{e4}"),
            ("\u{e4}".as_bytes(), &[], 0, 3, "\u{e4}"),
            (b"\x84", &path, 0, 3, "\u{e4}2"),
            (b"n\\etc\\a", &[], 0, 0, "n/etc/a"),
            (b"n\\etc\\a", &[], 0, 3, "n\\etc\\a"),
            (b"c:\\a", &[], 0, 0, "/c:/a"),
        ] {
            let name = decode(raw, extra, flags, host).unwrap();
            assert_eq!(String::from_utf8(name).unwrap(), wanted, "{raw:?}");
        }
        assert!(decode(b"a", &unicode_path(b"a", "b"), 0, 3).is_err());
        assert!(decode(b"a", &unicode_path(b"x", "b"), 0, 3).is_ok());
        assert_eq!(CP437.chars().count(), 128);
    }
}
