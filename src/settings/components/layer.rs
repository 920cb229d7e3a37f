//! The layers that say something of a setting, strongest first, and what is in force by them. The
//! same layers are what `explain` prints.

use super::super::trail::{Considered, Contribution};
use super::super::value::SettingValue;
use super::super::{Doubt, InForce, SettingSource, Statement};
use crate::evidence::citation::Citation;
use crate::problem::Code;

/// What one layer says.
#[derive(Clone, Debug)]
pub(super) enum Stated {
    /// This value.
    Value(SettingValue),
    /// Something that stands for nothing, as it is written.
    Unset(String),
    /// Nothing.
    Nothing(String),
    /// It cannot be told.
    Unknown(Doubt),
    /// It does not count here: why.
    NotAsked(String),
    /// This, as it is written, which does not count here: why.
    Ignored(String, String),
}

/// One layer.
#[derive(Clone, Debug)]
pub(super) struct Layer {
    pub source: SettingSource,
    /// For a sentence.
    pub place: String,
    pub citation: Option<Citation>,
    pub stated: Stated,
}

impl Layer {
    pub fn new(
        source: SettingSource,
        place: &str,
        citation: Option<Citation>,
        stated: Stated,
    ) -> Self {
        Self {
            source,
            place: place.to_owned(),
            citation,
            stated,
        }
    }

    /// Whether somebody set the setting here.
    pub fn sets(&self) -> bool {
        self.source != SettingSource::Default && matches!(self.stated, Stated::Value(_))
    }

    fn statement(&self) -> Option<Statement> {
        match &self.stated {
            Stated::Value(value) => Some(Statement {
                source: self.source,
                value: value.clone(),
                place: self.place.clone(),
                citation: self.citation.clone(),
            }),
            _ => None,
        }
    }

    /// As a step of the way to a value.
    pub fn considered(self) -> Considered {
        let contribution = match self.stated {
            Stated::Value(value) => Contribution::Value(value.shown()),
            Stated::Unset(text) => Contribution::Unset(text),
            Stated::Nothing(what) => Contribution::Nothing(what),
            Stated::Unknown(doubt) => Contribution::Unknown(doubt.why),
            Stated::NotAsked(why) => Contribution::NotAsked(why),
            Stated::Ignored(text, why) => Contribution::Ignored(text, why),
        };
        Considered {
            source: self.source,
            place: self.place,
            citation: self.citation,
            contribution,
        }
    }
}

/// The first value decides; what cannot be told above every value leaves it open.
pub(super) fn decide(layers: &[Layer]) -> Result<InForce, Doubt> {
    let mut decided: Option<InForce> = None;
    for layer in layers {
        match (&mut decided, &layer.stated, layer.statement()) {
            (Some(in_force), _, Some(loser)) if layer.source != SettingSource::Default => {
                in_force.losers.push(loser);
            }
            (Some(in_force), Stated::Unknown(doubt), _) => {
                in_force.witnesses.extend(doubt.citations.iter().cloned());
            }
            (None, _, Some(winner)) => {
                decided = Some(InForce {
                    winner,
                    losers: Vec::new(),
                    witnesses: Vec::new(),
                    notes: Vec::new(),
                    doubt: None,
                });
            }
            (None, Stated::Unknown(doubt), _) => return Err(doubt.clone()),
            _ => {}
        }
    }
    decided.ok_or_else(|| {
        let why = "nothing sets it, and no source says what then applies".to_owned();
        Doubt::new(Code::DefaultUnknown, why, Vec::new())
    })
}
