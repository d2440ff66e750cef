//! The training loop at its smallest: a tiny network, invented patches, a synth that is one line.

use std::path::PathBuf;

use presets::{Operator, OperatorParameter, Parameter, Patch};

use super::{Limit, Material, Outcome, Plan, Trainer, run};
use crate::compact::{Compact, Config};
use crate::data::Corpus;
use crate::random::Random;

/// Patches with some structure to be found: two kinds, each with its algorithm and ratios.
fn corpus(patches: usize) -> Corpus {
    let mut corpus = Corpus::default();
    for index in 0..patches {
        let mut random = Random::for_part(7, &index.to_string());
        let mut patch = Patch::INIT;
        let kind = random.below(2) as u8;
        patch.set(Parameter::ALGORITHM, 4 + 17 * kind);
        patch.set(Parameter::LFO_SPEED, random.below(100) as u8);
        for operator in Operator::ALL {
            patch.set_op(
                operator,
                OperatorParameter::Coarse,
                1 + kind * operator.number(),
            );
            let level = 60 + random.below(40) as u8;
            patch.set_op(operator, OperatorParameter::OutputLevel, level);
            patch.set_op(
                operator,
                OperatorParameter::EgRate2,
                random.below(100) as u8,
            );
            patch.set_op(
                operator,
                OperatorParameter::EgRate3,
                random.below(100) as u8,
            );
        }
        corpus.add(&patch, false);
    }
    corpus
}

/// A sine an octave higher for the other kind; silent where the LFO is fast.
fn render(patch: &Patch) -> Vec<f32> {
    let pitch = 0.05 + 0.05 * f32::from(patch.get(Parameter::ALGORITHM)) / 21.0;
    let loud = if patch.get(Parameter::LFO_SPEED) < 90 {
        0.3
    } else {
        0.0
    };
    (0..4000).map(|i| loud * (pitch * i as f32).sin()).collect()
}

/// A folder of its own for each test, empty at first.
fn folder(test: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("training-{}-{test}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

fn material(test: &str) -> Material {
    let sounds = folder(&format!("{test}-sounds"));
    let material = Material::prepare(corpus(260), 0.2, &sounds, "test", &render, &|_, _| {});
    std::fs::remove_dir_all(&sounds).unwrap();
    material.unwrap().0
}

fn plan(seed: u64, shards: usize) -> Plan {
    let mut plan = Plan::new(Config::TINY, seed, shards);
    plan.per_shard = 16;
    plan.warm_up = 10;
    plan
}

fn losses(trainer: &mut Trainer, material: &Material, steps: u64) -> Vec<f64> {
    (0..steps)
        .map(|_| trainer.step(material, 0.0).unwrap().loss)
        .collect()
}

#[test]
fn the_loss_falls_and_repeats() {
    let material = material("falls");
    let run = |seed: u64, shards: usize| {
        let mut trainer = Trainer::new(plan(seed, shards)).unwrap();
        losses(&mut trainer, &material, 60)
    };
    let first = run(1, 2);
    assert_eq!(first, run(1, 2));
    assert_ne!(first[..3], run(2, 2)[..3]);
    let mean = |losses: &[f64]| losses.iter().sum::<f64>() / losses.len() as f64;
    let (early, late) = (mean(&first[..5]), mean(&first[55..]));
    assert!(late < 0.7 * early, "{early} became {late}");
}

#[test]
fn every_tensor_learns() {
    let material = material("learns");
    let mut trainer = Trainer::new(plan(3, 1)).unwrap();
    let before: Vec<Vec<f32>> = trainer
        .slots
        .iter()
        .map(|slot| slot.value.clone())
        .collect();
    losses(&mut trainer, &material, 2);
    for (slot, before) in trainer.slots.iter().zip(before) {
        // The first move of AdamW is as long as the rate wherever there is a gradient.
        let moved = slot.second.iter().filter(|&&second| second > 0.0).count();
        assert!(moved > 0, "{} has no gradient", slot.name);
        assert_ne!(slot.value, before, "{} has not moved", slot.name);
    }
}

#[test]
fn a_resumed_training_equals_an_uninterrupted_one() {
    let material = material("resumed");
    let folder = folder("resumed");
    let path = folder.join("checkpoint.safetensors");
    std::fs::create_dir_all(&folder).unwrap();
    let mut whole = Trainer::new(plan(5, 2)).unwrap();
    losses(&mut whole, &material, 5);
    whole
        .save(&path, &[("seconds".to_owned(), "1".to_owned())].into())
        .unwrap();
    let (mut resumed, notes) = Trainer::load(&path).unwrap();
    assert_eq!(notes["seconds"], "1");
    assert_eq!(
        losses(&mut whole, &material, 5),
        losses(&mut resumed, &material, 5)
    );

    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let error = format!("{:#}", Trainer::load(&path).err().unwrap());
    assert!(error.contains("not a whole checkpoint"), "{error}");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_run_leaves_weights_that_load_and_can_be_taken_up() {
    let material = material("run");
    let folder = folder("run");
    let sit = |steps: u64, stop: u64| -> Outcome {
        run(
            &material,
            plan(9, 1),
            &folder,
            Limit::Steps(steps),
            &mut |at| at.step < stop,
        )
        .unwrap()
    };
    assert_eq!(sit(30, 20).steps, 20);
    assert_eq!(sit(30, 99).steps, 30);
    let bytes = std::fs::read(folder.join("compact.safetensors")).unwrap();
    let model = Compact::load(&bytes).unwrap();
    let latents = model.encode(&corpus(3).patches).unwrap();
    for decoding in model.decode(&latents).unwrap() {
        for parameter in Parameter::all() {
            let value = decoding.patch.get(parameter);
            assert!(
                (0.0..=f32::from(parameter.spec().max)).contains(&value),
                "{parameter}"
            );
        }
    }
    let log = std::fs::read_to_string(folder.join("log.jsonl")).unwrap();
    assert!(log.lines().all(|line| line.starts_with('{')));

    let other = run(
        &material,
        plan(8, 1),
        &folder,
        Limit::Steps(40),
        &mut |_| true,
    );
    assert!(other.unwrap_err().to_string().contains("other settings"));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn too_few_patches_are_refused_with_advice() {
    let folder = folder("few");
    let prepared = Material::prepare(corpus(50), 0.0, &folder, "test", &render, &|_, _| {});
    let error = prepared.err().unwrap().to_string();
    assert!(
        error.contains("50 different patches") && error.contains("--data"),
        "{error}"
    );
}

#[test]
fn silent_patches_are_dropped_and_counted_and_sounds_are_measured_once() {
    let folder = folder("silent");
    let count = std::sync::atomic::AtomicUsize::new(0);
    let counting = |patch: &Patch| {
        count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        render(patch)
    };
    let prepare =
        || Material::prepare(corpus(260), 0.2, &folder, "test", &counting, &|_, _| {}).unwrap();
    let (_, corpus) = prepare();
    let report = corpus.report;
    assert!(report.silent > 10);
    assert_eq!(
        report.read - report.duplicate - report.silent,
        corpus.patches.len()
    );
    let measured = count.load(std::sync::atomic::Ordering::Relaxed);
    assert!(measured >= 260);
    prepare();
    assert_eq!(count.load(std::sync::atomic::Ordering::Relaxed), measured);
    std::fs::remove_dir_all(&folder).unwrap();
}
