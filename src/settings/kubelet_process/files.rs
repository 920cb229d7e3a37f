//! What a kubelet's files and defaults give a setting, below its arguments: drop-ins over the
//! `--config` file over the default.

use super::process::KubeletProcess;
use crate::evidence::citation::Citation;
use crate::node::version::Minor;
use crate::problem::Code;
use crate::settings::Doubt;
use crate::settings::drop_in::{Base, default, merge};
use crate::settings::gates::{self, group_unknown};
use crate::settings::kubelet::{Setting, SettingForm};
use crate::settings::merged::{Engine, Merged, NoValue};
use crate::settings::named::{Config, DropIns};
use crate::settings::patch::Patch;

impl KubeletProcess {
    /// The value below the arguments. Where the API may assign a configuration, files and defaults
    /// tell no more than whether the kubelet takes them.
    pub(super) fn merged(&self, setting: &Setting) -> Result<Merged, Doubt> {
        let local = self.local(setting);
        let Some(folder) = self.line.text("dynamic-config-dir") else {
            return local;
        };
        let refused = |doubt: &Doubt| {
            matches!(
                doubt.code,
                Code::WouldNotStart | Code::ConfigFileMissing | Code::ConfigFileUnparseable
            )
        };
        if setting.form == SettingForm::FlagOnly || local.as_ref().is_err_and(refused) {
            return local;
        }
        let files = local.map_or_else(
            |doubt| doubt.citations,
            |m| m.citation.into_iter().collect(),
        );
        let mut citations = vec![self.process.citation.clone()];
        citations.extend(files);
        citations.dedup();
        Err(Doubt::new(
            Code::DynamicConfig,
            format!(
                "with --dynamic-config-dir={folder} the API may assign a configuration in place of files and defaults, and nothing shows whether it does"
            ),
            citations,
        ))
    }

    /// What files and defaults give. With an unknown version every merge engine must agree.
    pub(super) fn local(&self, setting: &Setting) -> Result<Merged, Doubt> {
        if setting.form == SettingForm::FlagOnly {
            let mode = self.base().0.mode();
            return default(setting, mode, self.version).map_err(|none| self.doubt(setting, none));
        }
        if let DropIns::Unusable(doubt) = &self.named.drop_ins {
            return Err(doubt.clone());
        }
        let drop_ins = self.named.drop_ins.files();
        let engines = if drop_ins.is_empty() {
            &[Engine::Patch][..]
        } else {
            Engine::of(self.version)
        };
        let mut agreed: Option<Result<Merged, Doubt>> = None;
        for engine in engines {
            let result = self.merged_by(*engine, setting, self.version);
            match &agreed {
                None => agreed = Some(result),
                Some(first) => {
                    let same = match (first, &result) {
                        (Ok(a), Ok(b)) => a.value == b.value,
                        (Err(a), Err(b)) => a.code == b.code,
                        _ => false,
                    };
                    if !same {
                        return Err(Doubt::new(
                            Code::VersionUnknown,
                            format!(
                                "drop-ins are merged differently by Kubernetes 1.28, 1.29 and 1.32, which gives {} different values, and the version is not known",
                                setting.path
                            ),
                            drop_ins.iter().map(|f| f.citation.clone()).collect(),
                        ));
                    }
                    // Of engines that agree, the newest explains best.
                    agreed = Some(result);
                }
            }
        }
        agreed.unwrap_or_else(|| {
            Err(Doubt::new(
                Code::VersionUnknown,
                "no merge engine is known".to_owned(),
                Vec::new(),
            ))
        })
    }

    pub(super) fn merged_by(
        &self,
        engine: Engine,
        setting: &Setting,
        version: Option<Minor>,
    ) -> Result<Merged, Doubt> {
        let drop_ins = self.named.drop_ins.files();
        if let DropIns::Listed { refused, .. } = &self.named.drop_ins
            && let Some((_, doubt)) = refused.iter().find(|(by, _)| *by == engine)
        {
            return Err(doubt.clone());
        }
        let (base, unusable) = self.base();
        if let Config::Refused(_, doubt) = &self.named.config {
            return Err(doubt.clone());
        }
        // A refused base stops the kubelet whatever drop-ins say; one nobody saw may be fine.
        if let Some(doubt) = unusable.filter(|doubt| doubt.code != Code::FileNotCollected) {
            return Err(doubt.clone());
        }
        let none = Patch::default();
        let drop_ins = (drop_ins, self.named.drop_ins.patch().unwrap_or(&none));
        let merged = match setting.form {
            SettingForm::Gate => gates::merge_one(engine, base, drop_ins, setting, version),
            _ => merge(engine, base, drop_ins, setting, version),
        };
        merged.map_err(|none| match (none, unusable) {
            (NoValue::BaseUnknown, Some(doubt)) => doubt.clone(),
            (none, _) => self.doubt(setting, none),
        })
    }

    /// What a merge starts from, and why that is not known where it is not.
    pub(super) fn base(&self) -> (Base<'_>, Option<&Doubt>) {
        match &self.named.config {
            Config::None => (Base::None, None),
            Config::Decoded(file) | Config::Refused(file, _) => (Base::File(file), None),
            Config::Unusable(doubt) => (Base::Unknown, Some(doubt)),
        }
    }

    /// That a value is masked, with the mask that stands in its place.
    fn masked_sentence(&self, setting: &Setting, citation: &Citation) -> String {
        let base = match self.base() {
            (Base::File(file), _) => Some(file),
            _ => None,
        };
        let files = self.named.drop_ins.files().iter().chain(base);
        let mask = files
            .filter(|file| file.citation.member == citation.member)
            .find_map(|file| {
                let said = file.said(setting, true).ok()?;
                let mask = said.iter().find_map(|said| file.mask(said));
                mask.map(str::to_owned)
            });
        let (path, place) = (&setting.path, citation.spoken());
        match mask {
            Some(mask) => format!("{path} is masked as {mask} in {place}"),
            None => format!("{path} is masked in {place}"),
        }
    }

    pub(super) fn doubt(&self, setting: &Setting, none: NoValue) -> Doubt {
        let line = self.process.citation.clone();
        match none {
            NoValue::Redacted(citation) => Doubt::new(
                Code::ValueRedacted,
                self.masked_sentence(setting, &citation),
                vec![citation],
            ),
            NoValue::VersionUnknown => Doubt::new(
                Code::VersionUnknown,
                format!(
                    "nothing sets {}, and its default depends on the version, which is not known",
                    setting.path
                ),
                vec![line],
            ),
            NoValue::DefaultUnknown => Doubt::new(
                Code::DefaultUnknown,
                format!(
                    "nothing sets {}, and no source says what its default is",
                    setting.path
                ),
                vec![line],
            ),
            NoValue::GroupUnknown(gate) => Doubt::new(
                Code::DefaultUnknown,
                group_unknown(setting, gate),
                vec![line],
            ),
            NoValue::BaseUnknown => Doubt::new(
                Code::FileNotCollected,
                "the configuration file is not known".to_owned(),
                vec![line],
            ),
            NoValue::Refused(why, place) => Doubt::new(
                Code::WouldNotStart,
                format!("a kubelet refuses its configuration: {why}"),
                vec![place.map_or(line, |place| place.citation)],
            ),
        }
    }

    /// Whether the kubelet would refuse a file that it reads.
    pub(super) fn refused_files(&self) -> bool {
        let refused = |doubt: &Doubt| doubt.code != Code::FileNotCollected;
        let base = match &self.named.config {
            Config::None | Config::Decoded(_) => false,
            Config::Refused(..) => true,
            Config::Unusable(doubt) => refused(doubt),
        };
        base || match &self.named.drop_ins {
            DropIns::Unusable(doubt) => refused(doubt),
            DropIns::Listed { refused, .. } => !refused.is_empty(),
        }
    }
}
