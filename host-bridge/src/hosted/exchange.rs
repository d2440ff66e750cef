//! Carries hosted synths to the audio thread and back, so that neither thread waits and the audio
//! thread frees nothing.
//!
//! The owner sends a synth, or word to do without; the audio thread takes the latest and lets the one
//! it had go home. While the way home is full it keeps what it has and looks again with the next
//! block.

use rtrb::{Consumer, Producer, PushError, RingBuffer};

use super::HostedSynth;

/// Messages under way at most.
const CAPACITY: usize = 4;

/// A synth, or none: the built-in one shall play. With the number under which it was sent.
type Parcel = (u64, Option<Box<HostedSynth>>);

/// Both ends.
pub fn exchange() -> (HostedInput, HostedOutput) {
    let (sent, arriving) = RingBuffer::new(CAPACITY);
    let (leaving, returned) = RingBuffer::new(CAPACITY);
    let input = HostedInput { sent, returned };
    let output = HostedOutput {
        arriving,
        leaving,
        synth: None,
        number: 0,
    };
    (input, output)
}

/// The owner's end.
pub struct HostedInput {
    sent: Producer<Parcel>,
    returned: Consumer<Parcel>,
}

impl HostedInput {
    /// Sends a synth under a number, or word to do without; gives it back if the way is full.
    ///
    /// # Errors
    /// The synth, to be sent again later.
    pub fn send(
        &mut self,
        number: u64,
        synth: Option<Box<HostedSynth>>,
    ) -> Result<(), Option<Box<HostedSynth>>> {
        let sent = self.sent.push((number, synth));
        sent.map_err(|PushError::Full((_, synth))| synth)
    }

    /// The next synth that came home, with its number.
    pub fn returned(&mut self) -> Option<(u64, Box<HostedSynth>)> {
        while let Ok((number, synth)) = self.returned.pop() {
            if let Some(synth) = synth {
                return Some((number, synth));
            }
        }
        None
    }
}

/// The audio thread's end.
pub struct HostedOutput {
    arriving: Consumer<Parcel>,
    leaving: Producer<Parcel>,
    synth: Option<Box<HostedSynth>>,
    number: u64,
}

impl HostedOutput {
    /// Whether something else is to be taken, and the way home is free for what is here. Then
    /// [`update`](HostedOutput::update) would change what plays.
    pub fn has_news(&self) -> bool {
        !self.arriving.is_empty() && !self.leaving.is_full()
    }

    /// Takes what was sent. Says whether that changed what plays.
    pub fn update(&mut self) -> bool {
        let mut changed = false;
        while self.has_news() {
            let Ok((number, synth)) = self.arriving.pop() else {
                break;
            };
            let old = std::mem::replace(&mut self.synth, synth);
            let old_number = std::mem::replace(&mut self.number, number);
            // There is room, and nobody else sends; if there were none, the synth would stay here.
            if let Err(PushError::Full((_, Some(old)))) = self.leaving.push((old_number, old)) {
                std::mem::forget(old);
            }
            changed = true;
        }
        changed
    }

    /// Lets what is here go home, and does without. For where what plays may break off.
    pub fn part(&mut self) {
        self.update();
        if let Some(synth) = self.synth.take()
            && let Err(PushError::Full((_, synth))) = self.leaving.push((self.number, Some(synth)))
        {
            self.synth = synth;
        }
    }

    /// What plays instead of the built-in synth.
    pub fn synth(&mut self) -> Option<&mut HostedSynth> {
        self.synth.as_deref_mut()
    }

    /// The number under which it was sent.
    pub fn number(&self) -> u64 {
        self.number
    }
}

/// When the audio thread's end goes, what it holds goes home, where its instances can be ended.
impl Drop for HostedOutput {
    fn drop(&mut self) {
        // Full, it is dropped here: the instances then end with their owner.
        self.part();
    }
}
