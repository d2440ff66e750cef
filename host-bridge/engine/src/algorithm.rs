//! The 32 algorithms: who modulates whom.

/// How one operator is wired. Operators are numbered in the order they are rendered: 0 is OP6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wiring {
    /// The bus that modulates it.
    pub input: Option<u8>,
    /// The bus it plays on; `None` is the voice's output.
    pub output: Option<u8>,
    /// Whether it adds to what its bus holds, or is the first to write it.
    pub adds: bool,
    /// Whether it modulates itself.
    pub feedback: bool,
}

/// A bus for each operator that can be modulated; operators modulated by the same ones share one.
pub const BUSES: usize = 6;

/// The wiring of the six operators, OP6 first.
pub type Algorithm = [Wiring; 6];

/// Algorithms 1 to 32, as the DX7 numbers them, from 0. Feedback is always of a single operator
/// onto itself; the loops over several of algorithms 4 and 6 are Mark I's alone.
pub static ALGORITHMS: [Algorithm; 32] = [
    algorithm(b"13", b"65 54 43 21", b'6'),
    algorithm(b"13", b"65 54 43 21", b'2'),
    algorithm(b"14", b"65 54 32 21", b'6'),
    algorithm(b"14", b"65 54 32 21", b'6'),
    algorithm(b"135", b"65 43 21", b'6'),
    algorithm(b"135", b"65 43 21", b'6'),
    algorithm(b"13", b"65 53 43 21", b'6'),
    algorithm(b"13", b"65 53 43 21", b'4'),
    algorithm(b"13", b"65 53 43 21", b'2'),
    algorithm(b"14", b"64 54 32 21", b'3'),
    algorithm(b"14", b"64 54 32 21", b'6'),
    algorithm(b"13", b"63 53 43 21", b'2'),
    algorithm(b"13", b"63 53 43 21", b'6'),
    algorithm(b"13", b"64 54 43 21", b'6'),
    algorithm(b"13", b"64 54 43 21", b'2'),
    algorithm(b"1", b"65 43 51 31 21", b'6'),
    algorithm(b"1", b"65 43 51 31 21", b'2'),
    algorithm(b"1", b"65 54 41 31 21", b'3'),
    algorithm(b"145", b"65 64 32 21", b'6'),
    algorithm(b"124", b"64 54 32 31", b'3'),
    algorithm(b"1245", b"65 64 32 31", b'3'),
    algorithm(b"1345", b"65 64 63 21", b'6'),
    algorithm(b"1245", b"65 64 32", b'6'),
    algorithm(b"12345", b"65 64 63", b'6'),
    algorithm(b"12345", b"65 64", b'6'),
    algorithm(b"124", b"64 54 32", b'6'),
    algorithm(b"124", b"64 54 32", b'3'),
    algorithm(b"136", b"54 43 21", b'5'),
    algorithm(b"1235", b"65 43", b'6'),
    algorithm(b"1236", b"54 43", b'5'),
    algorithm(b"12345", b"65", b'6'),
    algorithm(b"123456", b"", b'6'),
];

/// Reads one algorithm: its carriers, its edges (modulator, target), its operator with feedback.
const fn algorithm(carriers: &[u8], edges: &[u8], feedback: u8) -> Algorithm {
    let mut wiring = [Wiring {
        input: None,
        output: None,
        adds: false,
        feedback: false,
    }; 6];
    wiring[place(feedback)].feedback = true;
    let mut i = 0;
    while i < carriers.len() {
        wiring[place(carriers[i])].adds = true;
        i += 1;
    }
    let mut used = 0u8;
    let mut i = 0;
    while i < edges.len() {
        let (from, to) = (place(edges[i]), place(edges[i + 1]));
        // A modulator of several targets has a bus already, which the further targets share.
        let bus = match wiring[from].output {
            Some(bus) => bus,
            None => match wiring[to].input {
                Some(bus) => bus,
                None => to as u8,
            },
        };
        if wiring[from].output.is_none() {
            wiring[from].output = Some(bus);
            wiring[from].adds = used & 1 << bus != 0;
            used |= 1 << bus;
        }
        wiring[to].input = Some(bus);
        i += 3;
    }
    wiring
}

/// OP6, rendered first, has place 0.
const fn place(operator: u8) -> usize {
    (b'6' - operator) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_modulator_is_rendered_before_its_target() {
        for (number, algorithm) in ALGORITHMS.iter().enumerate() {
            for (place, wiring) in algorithm.iter().enumerate() {
                let Some(bus) = wiring.output else { continue };
                let target = algorithm.iter().position(|w| w.input == Some(bus));
                assert!(target.unwrap() > place, "algorithm {}", number + 1);
            }
            assert_eq!(algorithm.iter().filter(|w| w.feedback).count(), 1);
            assert!(algorithm.iter().any(|w| w.output.is_none()));
        }
    }

    #[test]
    fn shared_modulators_share_a_bus() {
        let [six, five, four, ..] = ALGORITHMS[18];
        assert_eq!((six.output, five.input), (five.input, four.input));
        let adding = |number: usize| ALGORITHMS[number - 1].map(|w| w.adds);
        assert_eq!(adding(7), [false, false, true, true, false, true]);
        assert_eq!(adding(16), [false, false, false, true, true, true]);
    }
}
