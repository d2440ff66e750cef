//! The planner on a synth made for it: six sines at their ratios and levels, decaying.

use presets::{FractionalPatch, Operator, OperatorParameter, Parameter, Patch};
use timbre::FEATURES;

use super::groups::Values;
use super::hearing::{Ear, RATE, TOTAL_S};
use super::*;

const RENDERS_OF_TESTS: usize = 60;

/// Six sines, as strong as the operators' levels say (in steps of 0.75 dB), each decaying the quicker
/// the higher its first rate.
fn organ(patch: &FractionalPatch) -> Vec<f32> {
    let mut out = vec![0.0f32; (TOTAL_S * RATE) as usize];
    for operator in Operator::ALL {
        let get = |parameter| f64::from(patch.get(Parameter::of(operator, parameter)));
        let level = get(OperatorParameter::OutputLevel);
        if level < 1.0 {
            continue;
        }
        let hz = 207.65 * get(OperatorParameter::Coarse).max(0.5);
        let decay = (-get(OperatorParameter::EgRate1) / 30.0 / RATE).exp();
        let step = std::f64::consts::TAU * hz / RATE;
        let (sin, cos) = step.sin_cos();
        let mut amplitude = 0.1 * 10.0f64.powf((level - 99.0) * 0.7526 / 20.0);
        let (mut x, mut y) = (1.0f64, 0.0f64);
        for sample in &mut out {
            *sample += (amplitude * y) as f32;
            amplitude *= decay;
            (x, y) = (x * cos - y * sin, x * sin + y * cos);
        }
    }
    out
}

/// All operators heard; dull and long against bright and short.
fn ends() -> (Patch, Patch) {
    let patch = |levels: [u8; 6], rate: u8| {
        let mut patch = Patch::INIT;
        patch.set(Parameter::ALGORITHM, 31);
        for (i, operator) in Operator::ALL.into_iter().enumerate() {
            patch.set_op(operator, OperatorParameter::OutputLevel, levels[i]);
            patch.set_op(operator, OperatorParameter::Coarse, [1, 2, 3, 5, 8, 13][i]);
            patch.set_op(operator, OperatorParameter::EgRate1, rate);
        }
        patch
    };
    (
        patch([95, 60, 30, 0, 0, 0], 5),
        patch([60, 70, 80, 90, 90, 90], 90),
    )
}

fn entries(renders: usize) -> Entries {
    let (a, b) = ends();
    let request = Request {
        a: &a,
        b: &b,
        candidates: &[],
        foresight: None,
        renders,
    };
    plan(&request, &mut Ear::new(), &mut organ, &mut |_| true).expect("both ends sound and differ")
}

#[test]
fn ends_are_exact_and_every_entry_is_a_patch() {
    let (a, b) = ends();
    let entries = entries(RENDERS_OF_TESTS);
    assert_eq!(entries.len(), ENTRIES);
    assert_eq!(entries[BEYOND_STEPS], FractionalPatch::from(&a));
    assert_eq!(entries[BEYOND_STEPS + STEPS], FractionalPatch::from(&b));
    for (i, entry) in entries.iter().enumerate() {
        for parameter in Parameter::all() {
            let value = entry.get(parameter);
            let max = f32::from(parameter.spec().max);
            assert!(
                (0.0..=max).contains(&value),
                "entry {i}, {parameter}: {value}"
            );
            let may_have_fractions = FractionalPatch::is_continuous(parameter);
            assert!(
                may_have_fractions || value.fract() == 0.0,
                "entry {i}, {parameter}"
            );
        }
    }
}

#[test]
fn the_same_request_has_the_same_path() {
    assert_eq!(entries(50), entries(50));
}

#[test]
fn it_is_straighter_than_the_linear_path() {
    let (a, b) = ends();
    let mut ear = Ear::new();
    let mut hear = |patch: &FractionalPatch| ear.hear(&organ(patch));
    let [of_a, of_b] = [&a, &b].map(|patch| hear(&patch.into()));
    let scale = hearing::Scale::of(&of_a, &of_b);
    let [of_a, of_b] = [of_a, of_b].map(|end| scale.point(&end));
    // The mean squared distance from the straight line of timbre.
    let mut error = |path: &dyn Fn(usize) -> FractionalPatch| -> f32 {
        let errors = (1..8).map(|step| {
            let along = step as f32 / 8.0;
            let line: Vec<f32> = of_a
                .iter()
                .zip(&of_b)
                .map(|(a, b)| a + (b - a) * along)
                .collect();
            hearing::distance(&scale.point(&hear(&path(step))), &line)
        });
        errors.sum::<f32>() / 7.0
    };
    let linear = error(&|step| {
        let at = |p| groups::between(&a, &b, p, step as f32 / 8.0);
        FractionalPatch(std::array::from_fn(|i| at(Parameter::new(i).unwrap())))
    });
    let entries = entries(RENDERS_OF_TESTS);
    let even = error(&|step| entries[BEYOND_STEPS + step * STEPS / 8]);
    assert!(even < 0.7 * linear, "{even}, and the linear path {linear}");
}

#[test]
fn at_its_own_pace_a_path_is_more_even() {
    let (a, b) = ends();
    // All of the way lies in the last third.
    let along: Vec<Patch> = (1..24)
        .map(|step| {
            let position = (step as f32 / 24.0).powi(4);
            let at = |p| groups::between(&a, &b, p, position);
            FractionalPatch(std::array::from_fn(|i| at(Parameter::new(i).unwrap()))).round("")
        })
        .collect();
    let mut early = None;
    let mut tell = |entries: &Entries| early = Some(entries.clone());
    let paced = pace(&a, &b, &along, &mut Ear::new(), &mut organ, &mut tell).unwrap();
    // What is told early differs past the ends at most.
    let inside = BEYOND_STEPS..=BEYOND_STEPS + STEPS;
    assert_eq!(early.unwrap()[inside.clone()], paced[inside]);
    assert_eq!(paced[BEYOND_STEPS], FractionalPatch::from(&a));
    assert_eq!(paced[BEYOND_STEPS + STEPS], FractionalPatch::from(&b));

    let mut ear = Ear::new();
    let mut measure = |sounds: Vec<FractionalPatch>| {
        let heard: Vec<_> = sounds
            .iter()
            .map(|s| search::standardised(&ear.measure(&organ(s))))
            .collect();
        let yardstick = yardstick::Yardstick::new(&heard[0], &heard[8]);
        yardstick.tally(&heard.iter().collect::<Vec<_>>()).measure()
    };
    let given = (0..=8).map(|step: usize| match step {
        0 => (&a).into(),
        8 => (&b).into(),
        _ => (&along[step * 3 - 1]).into(),
    });
    let given = measure(given.collect());
    let paced = measure((0..=8).map(|step| paced[BEYOND_STEPS + step * 8]).collect());
    assert!(paced < 0.9 * given, "{paced}, and as given {given}");
}

#[test]
fn past_the_ends_it_sounds_and_is_not_too_loud() {
    let (a, b) = ends();
    let mut ear = Ear::new();
    let mut loudness = |patch: &FractionalPatch| {
        let heard = ear.hear(&organ(patch));
        assert!(!heard.is_silent());
        heard.loudness()
    };
    let loudest = loudness(&(&a).into()).max(loudness(&(&b).into()));
    let entries = entries(RENDERS_OF_TESTS);
    for entry in [0, 10, 20, 31, 97, 105, 117, 128] {
        assert!(loudness(&entries[entry]) < loudest + 3.0, "entry {entry}");
    }
}

#[test]
fn a_search_that_is_ended_early_still_gives_a_path() {
    let (a, b) = ends();
    let request = Request {
        a: &a,
        b: &b,
        candidates: &[],
        foresight: None,
        renders: 1000,
    };
    let mut rendered = 0;
    let mut counted = |patch: &FractionalPatch| {
        rendered += 1;
        organ(patch)
    };
    let path = plan(&request, &mut Ear::new(), &mut counted, &mut |_| false);
    assert_eq!(path.map(|path| path.len()), Some(ENTRIES));
    assert!(rendered < 60, "{rendered} renders");
}

/// Foretells that all would be well with a quicker LFO, or nothing at all.
struct Quicker(bool);

impl Foresight for Quicker {
    fn slopes(&self, patches: &[Patch], weights: &[[f32; FEATURES]]) -> Option<Vec<Values>> {
        assert_eq!(patches.len(), weights.len());
        let mut slopes = [0.0; Parameter::COUNT];
        slopes[Parameter::LFO_SPEED.index()] = -1.0;
        self.0.then(|| vec![slopes; patches.len()])
    }
}

#[test]
fn what_is_foretold_is_tried_and_not_alone() {
    let (a, b) = ends();
    for foretells in [true, false] {
        let request = Request {
            a: &a,
            b: &b,
            candidates: &[],
            foresight: Some(&Quicker(foretells)),
            renders: RENDERS_OF_TESTS,
        };
        let mut heard = Vec::new();
        let mut listening = |patch: &FractionalPatch| {
            heard.push(patch.get(Parameter::LFO_SPEED));
            organ(patch)
        };
        plan(&request, &mut Ear::new(), &mut listening, &mut |_| true).expect("a path");
        let usual = f32::from(a.get(Parameter::LFO_SPEED));
        let first = heard.iter().position(|&speed| speed > usual);
        let Some(first) = first.filter(|_| foretells) else {
            assert!(!foretells && first.is_none(), "first at {first:?}");
            continue;
        };
        let quicker = heard.iter().filter(|&&speed| speed > usual).count();
        let others = heard.len() - first - quicker;
        assert!(quicker >= 10 && others >= 3, "{quicker} and {others}");
    }
}

#[test]
fn silence_and_sameness_have_no_path() {
    let (a, _) = ends();
    let mut silent = a;
    for operator in Operator::ALL {
        silent.set_op(operator, OperatorParameter::OutputLevel, 0);
    }
    for b in [&a, &silent] {
        let request = Request {
            a: &a,
            b,
            candidates: &[],
            foresight: None,
            renders: 50,
        };
        assert_eq!(
            plan(&request, &mut Ear::new(), &mut organ, &mut |_| true),
            None
        );
    }
}
