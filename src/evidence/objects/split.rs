//! The bytes of a list, piece by piece → its objects one by one, and what stands around them.

/// Takes what a [`Splitter`] tells apart.
pub(super) trait SplitSink {
    /// Bytes around the objects.
    fn around(&mut self, bytes: &[u8]);

    /// One object, and where it begins in all bytes; false where no more is wanted.
    fn object(&mut self, at: u64, bytes: &[u8]) -> bool;
}

/// Tells the items of `{"items": […]}` from what stands around them. What it is given need not be
/// JSON: it only looks at brackets and quotes.
pub(super) struct Splitter {
    place: SplitPlace,
    /// Brackets that are open.
    depth: usize,
    in_text: bool,
    is_escaped: bool,
    /// The last text in the outermost object, as far as it may be the key that is looked for.
    key: Vec<u8>,
    /// Whether a colon stands behind that text.
    is_key: bool,
    /// The item at hand.
    item: Vec<u8>,
    /// Bytes taken before the ones at hand.
    taken: u64,
    /// Bytes of an item that are held.
    most: usize,
    is_over: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum SplitPlace {
    /// Around the items.
    Around,
    /// Between items.
    Between,
    /// In an item that began at this depth.
    Item,
}

const ITEMS: &[u8] = b"items";
/// Depth of the list of items.
const LIST: usize = 2;

impl Splitter {
    /// One that holds at most so many bytes of an item.
    pub(super) fn new(most: usize) -> Self {
        Self {
            place: SplitPlace::Around,
            depth: 0,
            in_text: false,
            is_escaped: false,
            key: Vec::new(),
            is_key: false,
            item: Vec::new(),
            taken: 0,
            most,
            is_over: false,
        }
    }

    /// Bytes it holds itself.
    pub(super) fn held(&self) -> usize {
        self.item.len()
    }

    /// Takes the next bytes.
    pub(super) fn take(&mut self, bytes: &[u8], parts: &mut dyn SplitSink) {
        let mut start = 0;
        let mut at = 0;
        while let Some(byte) = bytes.get(at).copied().filter(|_| !self.is_over) {
            let before = self.place;
            let goes_on = match before {
                SplitPlace::Around => self.around(byte),
                SplitPlace::Between => self.between(byte),
                SplitPlace::Item => self.item(byte),
            };
            // The byte that ends an item may stand behind it.
            let end = if goes_on { at + 1 } else { at };
            if self.place != before {
                let piece = bytes.get(start..end).unwrap_or_default();
                start = end;
                match before {
                    SplitPlace::Item => self.end_item(piece, end, parts),
                    SplitPlace::Around => parts.around(piece),
                    SplitPlace::Between => parts.around(b""),
                }
            } else if before == SplitPlace::Between {
                parts.around(bytes.get(start..end).unwrap_or_default());
                start = end;
            }
            at = end;
        }
        let rest = bytes.get(start..).unwrap_or_default();
        match self.place {
            _ if self.is_over => {}
            SplitPlace::Item => self.hold(rest, parts),
            SplitPlace::Around | SplitPlace::Between => parts.around(rest),
        }
        self.taken += bytes.len() as u64;
    }

    /// Hands out what is left of an item that does not end.
    pub(super) fn end(&mut self, parts: &mut dyn SplitSink) {
        if self.place == SplitPlace::Item && !self.is_over {
            let item = std::mem::take(&mut self.item);
            parts.object(self.taken - item.len() as u64, &item);
        }
    }

    /// Quotes and what stands between them; true where a byte is of a text.
    fn text(&mut self, byte: u8) -> bool {
        match (self.in_text, byte) {
            (true, _) if self.is_escaped => self.is_escaped = false,
            (true, b'\\') => self.is_escaped = true,
            (_, b'"') => self.in_text = !self.in_text,
            (true, _) => {}
            (false, _) => return false,
        }
        true
    }

    fn around(&mut self, byte: u8) -> bool {
        let was_in_text = self.in_text;
        if self.text(byte) {
            if self.depth == 1 {
                match was_in_text {
                    false => self.key.clear(),
                    true if self.in_text && self.key.len() <= ITEMS.len() => self.key.push(byte),
                    true => {}
                }
                self.is_key = false;
            }
            return true;
        }
        match byte {
            b'{' | b'[' => {
                self.depth += 1;
                let is_list = byte == b'[' && self.depth == LIST;
                if is_list && self.is_key && self.key == ITEMS {
                    self.place = SplitPlace::Between;
                }
            }
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            b':' if self.depth == 1 => self.is_key = true,
            b',' if self.depth == 1 => self.is_key = false,
            _ => {}
        }
        true
    }

    fn between(&mut self, byte: u8) -> bool {
        match byte {
            b' ' | b'\n' | b'\r' | b'\t' | b',' => return true,
            b']' => {
                self.place = SplitPlace::Around;
                self.is_key = false;
            }
            _ => self.place = SplitPlace::Item,
        }
        false
    }

    /// Whether a byte is of the item; the one behind it is looked at again.
    fn item(&mut self, byte: u8) -> bool {
        if self.text(byte) {
            return true;
        }
        match byte {
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' if self.depth > LIST => {
                self.depth -= 1;
                if self.depth == LIST {
                    self.place = SplitPlace::Between;
                }
            }
            b',' | b']' | b' ' | b'\n' | b'\r' | b'\t' if self.depth == LIST => {
                self.place = SplitPlace::Between;
                return false;
            }
            _ => {}
        }
        true
    }

    fn end_item(&mut self, piece: &[u8], end: usize, parts: &mut dyn SplitSink) {
        let item = std::mem::take(&mut self.item);
        let length = (item.len() + piece.len()) as u64;
        let at = self.taken + end as u64 - length;
        let goes_on = match item.is_empty() {
            true => parts.object(at, piece),
            false => {
                let mut whole = item;
                whole.extend_from_slice(piece);
                let goes_on = parts.object(at, &whole);
                whole.clear();
                self.item = whole;
                goes_on
            }
        };
        self.is_over = !goes_on;
    }

    fn hold(&mut self, piece: &[u8], parts: &mut dyn SplitSink) {
        self.item.extend_from_slice(piece);
        if self.item.len() > self.most {
            let item = std::mem::take(&mut self.item);
            parts.object(self.taken, &item);
            self.is_over = true;
        }
    }
}
