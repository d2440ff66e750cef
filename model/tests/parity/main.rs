//! SPINVAE against numbers that the original computed, block by block in the order of the model: the
//! first failure that is reported is the block to look at.

mod formula;
mod pack;

use candle_core::{Device, IndexOp, Tensor, Var};
use model::paper::{
    BatchNorm, CLASS_COUNTS, Config, Mode, Paper, Reconstruction, number_rows, position_code,
};
use model::parameters::Parameters;
use model::tokens::{Row, Steps, Tokens, patch_of, steps_of};
use model::{ops, paper};
use pack::Pack;
use presets::Patch;

const BETA: f64 = 5e-6;

fn values(tensor: &Tensor) -> Vec<f32> {
    tensor.flatten_all().unwrap().to_vec1().unwrap()
}

/// Mean and population standard deviation.
fn moments(values: &[f32]) -> [f32; 2] {
    let n = values.len() as f64;
    let mean = values.iter().map(|&x| f64::from(x)).sum::<f64>() / n;
    let square = |&x: &f32| (f64::from(x) - mean).powi(2);
    let variance = values.iter().map(square).sum::<f64>() / n;
    [mean as f32, variance.sqrt() as f32]
}

/// Mean, deviation, smallest and largest.
fn statistics(values: &[f32]) -> [f32; 4] {
    let [mean, deviation] = moments(values);
    let min = values.iter().copied().fold(f32::INFINITY, f32::min);
    let max = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    [mean, deviation, min, max]
}

fn unhex(text: &str) -> Vec<u8> {
    let byte = |i: usize| u8::from_str_radix(&text[i..i + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(byte).collect()
}

fn packed(text: &str) -> Patch {
    Patch::from_packed(&unhex(text).try_into().unwrap()).0
}

/// The network with the formula's weights, and what it is fed.
struct Setup {
    parameters: Parameters,
    network: Paper,
    batch: Vec<Tokens>,
    x: Tensor,
}

fn setup(pack: &Pack) -> Setup {
    let weights = formula::weights(&pack.json("tensors.json"));
    let parameters = Parameters::new(0, &Device::Cpu);
    let network = Paper::new(parameters.builder(), Config::PAPER).unwrap();
    assert_eq!(parameters.count(), 26_457_410);
    let names: Vec<String> = parameters.all().into_iter().map(|(name, _)| name).collect();
    let known: Vec<String> = weights.keys().cloned().collect();
    assert_eq!(names, known, "names of tensors are those of the checkpoint");
    parameters.load(&weights).unwrap();
    let presets = pack.json("presets.json");
    let batch = presets.as_array().unwrap()[..3]
        .iter()
        .map(|preset| Tokens::of(&packed(preset["packed_hex"].as_str().unwrap())))
        .collect();
    Setup {
        parameters,
        network,
        batch,
        x: formula::spectrograms(3, 6),
    }
}

#[test]
fn inputs() {
    let Some(mut pack) = Pack::open() else { return };
    let presets = pack.json("presets.json");
    for preset in presets.as_array().unwrap() {
        let patch = packed(preset["packed_hex"].as_str().unwrap());
        let expected: Vec<u64> = preset["k"]
            .as_array()
            .unwrap()
            .iter()
            .map(|k| k.as_u64().unwrap())
            .collect();
        assert_eq!(
            steps_of(&patch).map(u64::from).to_vec(),
            expected,
            "{}",
            preset["name"]
        );
    }
    let setup = setup(&pack);
    let position = position_code(Row::COUNT, 256, &Device::Cpu).unwrap();
    pack.check_tensor("in.pos_encoding", &position);
    let rows: Vec<f32> = setup
        .batch
        .iter()
        .flat_map(|t| t.to_rows(-1.0))
        .flatten()
        .collect();
    pack.check("in.u", &rows);
    let x = &setup.x;
    let picked = Tensor::new(&[0u32, 100, 256], &Device::Cpu).unwrap();
    pack.check_tensor("in.x_rows", &x.index_select(&picked, 2).unwrap());
    let stats: Vec<f32> = values(x).chunks(257 * 251).flat_map(statistics).collect();
    pack.check("in.x_stats", &stats);
    pack.finish(|name| name.starts_with("in."));
}

#[test]
fn units() {
    let Some(mut pack) = Pack::open() else { return };
    let weights = formula::weights(&pack.json("tensors.json"));

    let raw = pack.given("unit.dlm.raw");
    let targets = pack.given("unit.dlm.x");
    let cardinalities: Vec<u32> = pack
        .given("unit.dlm.card")
        .iter()
        .map(|&c| c as u32)
        .collect();
    let tensor = Tensor::from_slice(&raw, (64, 9), &Device::Cpu).unwrap();
    let nll = ops::logistic_mixture_nll(&tensor, &targets, &cardinalities).unwrap();
    pack.check_tensor("unit.dlm.logprob", &nll.neg().unwrap());
    let modes: Vec<f32> = raw
        .chunks(9)
        .zip(&cardinalities)
        .map(|(raw, &cardinality)| {
            let probabilities = ops::logistic_mixture_probabilities(raw, cardinality);
            let best = (0..probabilities.len())
                .rev()
                .max_by(|&a, &b| probabilities[a].total_cmp(&probabilities[b]));
            best.unwrap() as f32 / (cardinality - 1) as f32
        })
        .collect();
    pack.check("unit.dlm.mode", &modes);

    let x = Tensor::from_vec(pack.given("unit.ln.x"), (4, 256), &Device::Cpu).unwrap();
    let norm = |part: &str| &weights[&format!("preset.0.tfm.layers.0.norm1.{part}")];
    pack.check_tensor(
        "unit.ln.y",
        &ops::layer_norm(&x, norm("weight"), norm("bias")).unwrap(),
    );

    let x = Tensor::from_vec(pack.given("unit.bn.x"), (2, 8, 3, 3), &Device::Cpu).unwrap();
    let parameters = Parameters::new(0, &Device::Cpu);
    let layer = BatchNorm::new(parameters.builder().pp("n"), 8).unwrap();
    for (name, var) in parameters.all() {
        let part = name.strip_prefix("n.").unwrap();
        var.set(&weights[&format!("audio.0.0.blk1.conv_blocks.strided.n.{part}")])
            .unwrap();
    }
    let y = layer.forward(&x, 1, Mode::Train).unwrap();
    // The layer is one with its SiLU, which the entry is without.
    let expected = pack.given("unit.bn.y_train");
    for (&found, expected) in values(&y).iter().zip(expected) {
        let silu = expected / (1.0 + (-expected).exp());
        assert!(
            (found - silu).abs() < 3e-6,
            "unit.bn.y_train: {found}, expected {silu}"
        );
    }
    let get = |name: &str| parameters.get(name).unwrap().as_tensor().clone();
    pack.check_tensor("unit.bn.running_mean_after", &get("n.running_mean"));
    pack.check_tensor("unit.bn.running_var_after", &get("n.running_var"));
    pack.finish(|name| name.starts_with("unit."));
}

/// Crop, tail and statistics of channels of one picture of a block, shape `[channels, h, w]`.
fn check_block(pack: &mut Pack, name: &str, picture: &Tensor) {
    let (channels, height, width) = picture.dims3().unwrap();
    let (c, h, w) = (channels.min(4), height.min(4), width.min(4));
    let crop = picture.i((..c, ..h, ..w)).unwrap();
    let tail = picture
        .i((channels - c.., height - h.., width - w..))
        .unwrap();
    pack.check_tensor(&format!("{name}.crop"), &crop.contiguous().unwrap());
    pack.check_tensor(&format!("{name}.tail"), &tail.contiguous().unwrap());
    let stats: Vec<f32> = values(picture)
        .chunks(height * width)
        .flat_map(moments)
        .collect();
    pack.check(&format!("{name}.ch_stats"), &stats);
}

fn tokens_of(x: &Tensor, picked: &[u32]) -> Tensor {
    let picked = Tensor::new(picked, &Device::Cpu).unwrap();
    x.i(0).unwrap().index_select(&picked, 0).unwrap()
}

#[test]
fn encoders() {
    let Some(mut pack) = Pack::open() else { return };
    let Setup {
        network,
        batch,
        x,
        parameters,
    } = setup(&pack);
    let mut y = x.reshape((18, 1, 257, 251)).unwrap();
    for i in 0..8 {
        y = network
            .picture_encoder
            .block(i, &y, Mode::Evaluate)
            .unwrap();
        check_block(&mut pack, &format!("enc.blk{i}"), &y.i(0).unwrap());
    }
    pack.check_tensor("enc.cnn", &y);
    let features = network.picture_encoder.forward(&x, Mode::Evaluate).unwrap();
    pack.check_tensor(
        "lat.preglu",
        &network.latent_encoder.before_gate(&features).unwrap(),
    );
    let audio = network.latent_encoder.forward(&features).unwrap();
    pack.check_tensor("lat.audio", &audio);

    let encoder = &network.preset_encoder;
    let mut hidden = encoder.embedding.forward(&batch).unwrap();
    pack.check_tensor("penc.embed", &hidden);
    let picked = [0, 1, 144, 145];
    let mut outs = Vec::new();
    for (i, layer) in encoder.layers.iter().enumerate() {
        let steps = layer.forward(&hidden).unwrap();
        if i == 0 {
            pack.check_tensor("penc.l0.attn", &tokens_of(&steps.self_attention, &picked));
            pack.check_tensor("penc.l0.norm1", &tokens_of(&steps.norm1, &picked));
            pack.check_tensor("penc.l0.ff", &tokens_of(&steps.feed_forward, &picked));
        }
        if i + 1 == encoder.layers.len() {
            // What is computed where nothing is learned.
            let end = layer.forward_end(&hidden, 2).unwrap();
            pack.check_tensor("penc.tokens", &end);
        }
        hidden = steps.out;
        outs.push(tokens_of(&hidden, &picked));
    }
    pack.check_tensor("penc.layers", &Tensor::stack(&outs, 0).unwrap());
    pack.check_tensor("penc.hidden0", &hidden.i(0).unwrap());
    pack.check_tensor("penc.tokens", &hidden.narrow(1, 144, 2).unwrap());
    let preset = encoder.output(&hidden).unwrap();
    pack.check_tensor("penc.out", &preset);
    pack.check_tensor("lat.sum", &(audio + preset).unwrap());

    let posterior = network.encode(&batch, Some(&x), Mode::Evaluate).unwrap();
    pack.check_tensor("z_mu", &posterior.mean);
    pack.check_tensor("z_var", &posterior.variance);
    pack.check_tensor("z_flat", &posterior.mean.flatten_from(1).unwrap());

    // The look-ups above have shortened the rows they read, and no others.
    network
        .decode(&posterior.mean.flatten_from(1).unwrap())
        .unwrap();
    let norms = |name: &str| {
        let table = parameters.get(name).unwrap();
        let norm = |row: &[f32]| {
            row.iter()
                .map(|x| f64::from(*x).powi(2))
                .sum::<f64>()
                .sqrt() as f32
        };
        values(&table).chunks(256).map(norm).collect::<Vec<_>>()
    };
    pack.check(
        "renorm.cat_embedding_norms",
        &norms("preset.0.embedding.categorical_embedding.weight"),
    );
    pack.check(
        "renorm.special_norms",
        &norms("preset.0.embedding.special_token_embedding.weight"),
    );
    let queries = "preset.1.child_decoder.custom_in_tokens.weight";
    pack.check("renorm.query_norms", &norms(queries));
    let rows = parameters.get(queries).unwrap();
    pack.check("renorm.query_row1", &values(&rows.i(1).unwrap()));
    let prefixes = ["enc.", "lat.", "penc.", "z_", "renorm."];
    pack.finish(|name| prefixes.iter().any(|prefix| name.starts_with(prefix)));
}

/// Compares logits of every group, given as `[batch, rows, classes]`, with entries that have the
/// classes before the rows.
fn check_logits(pack: &mut Pack, prefix: &str, out: &paper::RowOutputs) {
    for (logits, classes) in out.logits.iter().zip(CLASS_COUNTS) {
        let name = format!("{prefix}.cat_logits.card{classes}");
        pack.check_tensor(
            &name,
            &logits.transpose(1, 2).unwrap().contiguous().unwrap(),
        );
    }
}

/// Decoded patches: steps, their tensor form, and how clear each decision is.
fn check_decoded(pack: &mut Pack, prefix: &str, out: &paper::RowOutputs) -> Vec<Steps> {
    let probabilities = out.probabilities().unwrap();
    let steps: Vec<Steps> = probabilities
        .iter()
        .map(paper::RowProbabilities::likeliest)
        .collect();
    let margins: Vec<f32> = probabilities
        .iter()
        .flat_map(|patch| &patch.0)
        .map(|row| {
            let mut sorted = row.clone();
            sorted.sort_by(|a, b| b.total_cmp(a));
            (sorted[0] - sorted[1]) / sorted[0]
        })
        .collect();
    pack.check(&format!("{prefix}.margin"), &margins);
    let clear = pack.values(&format!("{prefix}.margin"));
    let found: Vec<f32> = steps.iter().flatten().map(|&k| f32::from(k)).collect();
    let unclear = clear.iter().filter(|&&margin| margin <= 1e-3).count();
    let same = found == pack.values(&format!("{prefix}.k"));
    println!(
        "{prefix}.k: {unclear} of {} unclear, all equal: {same}",
        clear.len()
    );
    pack.check_where(&format!("{prefix}.k"), &found, |i| clear[i] > 1e-3);
    let rows: Vec<f32> = steps
        .iter()
        .flat_map(|s| Tokens::from_steps(s).to_rows(0.0))
        .flatten()
        .collect();
    pack.check_where(&format!("{prefix}.u_out"), &rows, |i| clear[i / 3] > 1e-3);
    steps
}

#[test]
fn preset_decoder() {
    let Some(mut pack) = Pack::open() else { return };
    let Setup {
        network, batch, x, ..
    } = setup(&pack);
    let z = network
        .encode(&batch, Some(&x), Mode::Evaluate)
        .unwrap()
        .mean;
    let z = z.flatten_from(1).unwrap();
    let decoder = &network.preset_decoder;
    let memory = decoder.memory(&z).unwrap();
    pack.check_tensor("pdec.memory", &memory);
    let mut hidden = decoder.queries().unwrap();
    pack.check_tensor("pdec.query", &hidden);
    let picked = [0, 1, 2, 3];
    let mut outs = Vec::new();
    for (i, layer) in decoder.layers.iter().enumerate() {
        let steps = layer.forward(&hidden, &memory).unwrap();
        if i == 0 {
            let (cross, norm2) = steps.cross.unwrap();
            pack.check_tensor(
                "pdec.l0.self_attn",
                &tokens_of(&steps.self_attention, &picked),
            );
            pack.check_tensor("pdec.l0.norm1", &tokens_of(&steps.norm1, &picked));
            pack.check_tensor("pdec.l0.cross_attn", &tokens_of(&cross, &picked));
            pack.check_tensor("pdec.l0.norm2", &tokens_of(&norm2, &picked));
            pack.check_tensor("pdec.l0.ff", &tokens_of(&steps.feed_forward, &picked));
        }
        hidden = steps.out;
        outs.push(tokens_of(&hidden, &picked));
    }
    pack.check_tensor("pdec.layers", &Tensor::stack(&outs, 0).unwrap());
    pack.check_tensor("pdec.hidden", &hidden);

    let out = decoder.heads.forward(&hidden).unwrap();
    check_logits(&mut pack, "pdec", &out);
    let probabilities = out.probabilities().unwrap();
    for classes in CLASS_COUNTS {
        let mut found = Vec::new();
        for patch in &probabilities {
            for class in 0..classes {
                found.extend(paper::category_rows(classes).map(|row| patch.0[row.index()][class]));
            }
        }
        pack.check(&format!("pdec.cat_prob.card{classes}"), &found);
    }
    pack.check_tensor("pdec.num_raw", &out.mixtures);
    let activated: Vec<f32> = values(&out.mixtures)
        .chunks(9)
        .flat_map(|raw| {
            (0..9).map(|i| match i / 3 {
                0 => 1.0 / (1.0 + (-raw[i]).exp()),
                1 => raw[i].max(-5.0),
                _ => raw[i].tanh(),
            })
        })
        .collect();
    pack.check("pdec.num_act", &activated);
    let mut pmf = Vec::new();
    for patch in &probabilities {
        for row in number_rows() {
            let mut values = patch.0[row.index()].clone();
            values.resize(100, 0.0);
            pmf.extend(values);
        }
    }
    pack.check("pdec.num_pmf", &pmf);

    let losses = out.losses(&batch).unwrap();
    // The entry has the categories in row order; here they are by number of classes.
    let mut cross_entropy = vec![[0.0; Row::COUNT]; 3];
    for (losses, classes) in losses.categories.iter().zip(CLASS_COUNTS) {
        for (patch, losses) in cross_entropy
            .iter_mut()
            .zip(losses.to_vec2::<f32>().unwrap())
        {
            for (row, loss) in paper::category_rows(classes).zip(losses) {
                patch[row.index()] = loss;
            }
        }
    }
    let in_row_order: Vec<f32> = cross_entropy
        .iter()
        .flat_map(|patch| {
            Row::all()
                .filter(|row| row.is_category())
                .map(|row| patch[row.index()])
        })
        .collect();
    pack.check("pdec.cat_ce", &in_row_order);
    pack.check_tensor("pdec.num_nll", &losses.numbers);

    let steps = check_decoded(&mut pack, "pdec", &out);
    let given: Vec<f32> = batch
        .iter()
        .flat_map(Tokens::steps)
        .map(f32::from)
        .collect();
    pack.check("pdec.k_in", &given);
    let metrics: Vec<f32> = batch
        .iter()
        .zip(&steps)
        .flat_map(|(input, steps)| {
            let output = Tokens::from_steps(steps);
            let error: f32 = number_rows()
                .map(|row| (output.0[row.index()] - input.0[row.index()]).abs())
                .sum();
            let right = Row::all()
                .filter(|row| row.is_category() && output.0[row.index()] == input.0[row.index()]);
            [
                error / Row::NUMBERS as f32,
                right.count() as f32 / Row::CATEGORIES as f32,
            ]
        })
        .collect();
    pack.check("pdec.metrics", &metrics);
    let presets = pack.json("presets.json");
    for (preset, (steps, input)) in presets
        .as_array()
        .unwrap()
        .iter()
        .zip(steps.iter().zip(&batch))
    {
        let decoded = packed(preset["decoded_packed_hex"].as_str().unwrap());
        let original = patch_of(&input.steps(), &decoded);
        assert_eq!(patch_of(steps, &original), decoded, "{}", preset["name"]);
    }
    pack.finish(|name| name.starts_with("pdec."));
}

fn subsampled(x: &Tensor) -> Tensor {
    let every = |step: u32, end: u32| {
        let picked: Vec<u32> = (0..end).step_by(step as usize).collect();
        Tensor::new(picked, &Device::Cpu).unwrap()
    };
    let rank = x.rank();
    let x = x.contiguous().unwrap();
    let rows = x.index_select(&every(16, 257), rank - 2).unwrap();
    rows.index_select(&every(10, 251), rank - 1).unwrap()
}

#[test]
fn picture_decoder() {
    let Some(mut pack) = Pack::open() else { return };
    let Setup {
        network, batch, x, ..
    } = setup(&pack);
    let z = network
        .encode(&batch, Some(&x), Mode::Evaluate)
        .unwrap()
        .mean;
    let before: Vec<f32> = values(&network.latent_decoder.before_gate(&z).unwrap());
    let part: Vec<f32> = before.iter().copied().step_by(16).collect();
    pack.check("adec.preglu_part", &part);
    let features = network.latent_decoder.forward(&z).unwrap();
    pack.check_tensor("adec.latent", &features);
    let mut y = features.reshape((18, 512, 2, 2)).unwrap();
    for i in 0..8 {
        y = network
            .picture_decoder
            .block(i, &y, Mode::Evaluate)
            .unwrap();
        check_block(&mut pack, &format!("adec.blk{i}"), &y.i(3).unwrap());
    }
    let picked: Vec<u32> = (0..257).step_by(16).collect();
    let raw = y
        .i((3, 0))
        .unwrap()
        .index_select(&Tensor::new(picked, &Device::Cpu).unwrap(), 0)
        .unwrap();
    pack.check_tensor("adec.x_raw_col", &raw);
    let out = network.picture_decoder.finish(&y).unwrap();
    pack.check_tensor("adec.x_hat_sub", &subsampled(&out));
    pack.check_tensor("adec.x_hat_full_0_3", &out.i((0, 3)).unwrap());
    let stats: Vec<f32> = values(&out)
        .chunks(257 * 251)
        .flat_map(|picture| {
            let clipped = picture.iter().filter(|x| x.abs() >= 1.0).count();
            let [mean, deviation, min, max] = statistics(picture);
            [
                mean,
                deviation,
                min,
                max,
                clipped as f32 / picture.len() as f32,
            ]
        })
        .collect();
    pack.check("adec.x_hat_stats", &stats);
    pack.finish(|name| name.starts_with("adec."));
}

/// The seven numbers of `loss.terms`.
fn terms(losses: &paper::Losses) -> Vec<f32> {
    let scalar = |x: &Tensor| x.to_scalar::<f32>().unwrap();
    let [audio, kl, cat, num, total] = [
        &losses.audio,
        &losses.divergence,
        &losses.categories,
        &losses.numbers,
        &losses.total,
    ]
    .map(scalar);
    vec![
        audio,
        kl,
        BETA as f32 * kl,
        cat,
        num,
        0.5 * (cat + num),
        total,
    ]
}

/// Gradients in the order of `tensors.json`, named.
fn gradients(setup: &Setup, pack: &Pack, losses: &paper::Losses) -> Vec<(String, Vec<f32>)> {
    let store = losses.total.backward().unwrap();
    let tensors = pack.json("tensors.json");
    let trainable = tensors["tensors"].as_array().unwrap().iter();
    trainable
        .filter(|entry| entry["kind"] == "param" && entry["alias_of"].is_null())
        .map(|entry| {
            let name = format!(
                "{}.{}",
                entry["group"].as_str().unwrap(),
                entry["name"].as_str().unwrap()
            );
            let var: Var = setup.parameters.get(&name).unwrap();
            let gradient = store
                .get(&var)
                .unwrap_or_else(|| panic!("{name} got no gradient"));
            (name, values(gradient))
        })
        .collect()
}

fn norms(gradients: &[(String, Vec<f32>)]) -> Vec<f32> {
    let norm = |values: &[f32]| {
        values
            .iter()
            .map(|&x| f64::from(x).powi(2))
            .sum::<f64>()
            .sqrt() as f32
    };
    gradients.iter().map(|(_, values)| norm(values)).collect()
}

#[test]
fn losses_and_gradients() {
    let Some(mut pack) = Pack::open() else { return };
    let setup = setup(&pack);
    let Setup {
        network, batch, x, ..
    } = &setup;
    let out: Reconstruction = network.forward(batch, x, None, Mode::Evaluate).unwrap();
    let divergence = out.posterior.divergence().unwrap();
    pack.check_tensor("loss.kl_item_channel", &divergence);
    pack.check_tensor("loss.kl_channel", &divergence.mean(0).unwrap());
    pack.check_tensor(
        "loss.audio_item",
        &ops::gaussian_nll(&out.spectrograms, x).unwrap(),
    );
    let (categories, numbers) = out.rows.losses(batch).unwrap().per_patch().unwrap();
    pack.check_tensor("loss.num_item", &numbers);
    pack.check_tensor("loss.cat_item", &categories);
    let losses = network.losses(batch, x, &out, BETA).unwrap();
    pack.check("loss.terms", &terms(&losses));

    let gradients = gradients(&setup, &pack, &losses);
    assert_eq!(gradients.len(), 272);
    pack.check("grad.l2", &norms(&gradients));
    let first: Vec<f32> = gradients
        .iter()
        .flat_map(|(_, values)| (0..8).map(|i| values.get(i).copied().unwrap_or(0.0)))
        .collect();
    pack.check("grad.first8", &first);
    let of = |name: &str| &gradients.iter().find(|(n, _)| n == name).unwrap().1;
    let whole = [
        (
            "penc.cat_embedding",
            "preset.0.embedding.categorical_embedding.weight",
        ),
        (
            "pdec.num_head_weight",
            "preset.1.numerical_distrib_linear.weight",
        ),
        (
            "pdec.num_head_bias",
            "preset.1.numerical_distrib_linear.bias",
        ),
        ("latent_enc_bias", "latent.0.0.conv.c.bias"),
        ("enc.blk0.weight", "audio.0.0.blk0.strided.c.weight"),
        ("adec.blk7.weight", "audio.1.0.blk7.stridedT.c.weight"),
        (
            "adec.blk6.skip_weight",
            "audio.1.0.blk6.skip_conv_1x1.weight",
        ),
        (
            "enc.blk1.bn_weight",
            "audio.0.0.blk1.conv_blocks.strided.n.weight",
        ),
    ];
    for (entry, name) in whole {
        pack.check(&format!("grad.full.{entry}"), of(name));
    }
    let special = of("preset.0.embedding.special_token_embedding.weight");
    pack.check("grad.full.penc.special_token0_1", &special[..512]);
    let numerical = of("preset.0.embedding._numerical_embedding_linear.weight");
    pack.check("grad.full.penc.num_embedding_part", &numerical[256..512]);
    pack.finish(|name| name.starts_with("loss.") || name.starts_with("grad."));
}

#[test]
fn training_mode() {
    let Some(mut pack) = Pack::open() else { return };
    let setup = setup(&pack);
    let Setup {
        network,
        batch,
        x,
        parameters,
    } = &setup;
    let out = network.forward(batch, x, None, Mode::Train).unwrap();
    pack.check_tensor("train.z_mu", &out.posterior.mean);
    let stats: Vec<f32> = values(&out.spectrograms)
        .chunks(257 * 251)
        .flat_map(moments)
        .collect();
    pack.check("train.x_hat_stats", &stats);
    let losses = network.losses(batch, x, &out, BETA).unwrap();
    pack.check("train.terms", &terms(&losses));
    let gradients = gradients(&setup, &pack, &losses);
    pack.check("train.grad.l2", &norms(&gradients));
    let layers = [
        ("enc.blk1", "audio.0.0.blk1.conv_blocks.strided.n"),
        ("enc.blk7", "audio.0.0.blk7.conv_blocks.strided.n"),
        ("adec.blk0", "audio.1.0.blk0.conv_blocks.stridedT.n"),
        ("adec.blk6", "audio.1.0.blk6.conv_blocks.stridedT.n"),
    ];
    for (entry, layer) in layers {
        for part in ["running_mean", "running_var", "num_batches_tracked"] {
            let var = parameters.get(&format!("{layer}.{part}")).unwrap();
            let values = var.to_dtype(candle_core::DType::F32).unwrap();
            pack.check_tensor(&format!("train.bn.{entry}.{part}"), &values);
        }
    }
    pack.finish(|name| name.starts_with("train."));
}

#[test]
fn interpolation() {
    let Some(mut pack) = Pack::open() else { return };
    let Setup {
        network, batch, x, ..
    } = setup(&pack);
    let mean = network
        .encode(&batch, Some(&x), Mode::Evaluate)
        .unwrap()
        .mean;
    let mean = mean.flatten_from(1).unwrap().to_vec2::<f32>().unwrap();
    let positions: Vec<f64> = (0..9).map(|t| f64::from(t) / 8.0).collect();
    let z = model::latent::linear(&mean[0], &mean[1], &positions);
    let z = Tensor::new(z, &Device::Cpu).unwrap();
    pack.check_tensor("interp.z", &z);
    let out = network.decode(&z).unwrap();
    pack.check_tensor("interp.num_raw", &out.mixtures);
    check_logits(&mut pack, "interp", &out);
    let steps = check_decoded(&mut pack, "interp", &out);
    let dexed: Vec<f32> = [0, 4]
        .iter()
        .flat_map(|&i| Tokens::from_steps(&steps[i]).to_dexed())
        .collect();
    pack.check("interp.vst4", &dexed);
    let spectrograms = network.decode_spectrograms(&z, Mode::Evaluate).unwrap();
    let main = spectrograms.narrow(1, 3, 1).unwrap().squeeze(1).unwrap();
    pack.check_tensor("interp.x_hat_main_sub", &subsampled(&main));
    let stats: Vec<f32> = values(&spectrograms)
        .chunks(257 * 251)
        .flat_map(moments)
        .collect();
    pack.check("interp.x_hat_stats", &stats);
    pack.finish(|name| name.starts_with("interp."));
}
