//! Every operation against stock operations of candle, and its gradient against finite differences.

use candle_core::{Device, Result, Tensor, Var};

use super::attention::attention_stock;
use super::batch_norm::batch_norm_silu_stock;
use super::convolution::{conv_transpose2d_stock, conv2d_stock};
use super::layer_norm::layer_norm_stock;
use super::likelihood::mixture_stock;
use super::linear::linear_stock;
use super::*;
use crate::random::Random;

type Function<'a> = &'a dyn Fn(&[Tensor]) -> Result<Tensor>;

fn inputs(shapes: &[&[usize]]) -> Vec<Var> {
    let mut random = Random::new(3);
    let tensor = |shape: &&[usize]| {
        let count = shape.iter().product();
        Var::from_vec(random.normals(count), *shape, &Device::Cpu).unwrap()
    };
    shapes.iter().map(tensor).collect()
}

/// A weighted sum of the result, so that every element has a gradient of its own.
fn loss(f: Function, inputs: &[Var]) -> (Tensor, Vec<Tensor>) {
    let tensors: Vec<Tensor> = inputs.iter().map(|x| x.as_tensor().clone()).collect();
    let out = f(&tensors).unwrap();
    let weights = Random::new(9).normals(out.elem_count());
    let weights = Tensor::from_vec(weights, out.shape(), &Device::Cpu).unwrap();
    let store = (&out * &weights)
        .unwrap()
        .sum_all()
        .unwrap()
        .backward()
        .unwrap();
    let grads = inputs
        .iter()
        .map(|x| store.get(x).expect("a gradient").clone());
    (out, grads.collect())
}

fn values(tensor: &Tensor) -> Vec<f32> {
    tensor.flatten_all().unwrap().to_vec1().unwrap()
}

fn weighted(f: Function, tensors: &[Tensor]) -> f64 {
    let out = f(tensors).unwrap();
    let weights = Random::new(9).normals(out.elem_count());
    let out = values(&out);
    out.iter()
        .zip(&weights)
        .map(|(&x, &w)| f64::from(x) * f64::from(w))
        .sum()
}

/// Compares the gradient to every input with central differences at 12 of its elements.
fn check_differences(name: &str, f: Function, shapes: &[&[usize]]) {
    const STEP: f32 = 1.0 / 128.0;
    let inputs = inputs(shapes);
    let (_, grads) = loss(f, &inputs);
    let tensors: Vec<Tensor> = inputs.iter().map(|x| x.detach()).collect();
    for (i, grad) in grads.iter().enumerate() {
        assert_eq!(grad.dims(), inputs[i].dims(), "{name}: input {i}");
        let grad = values(grad);
        for probe in 0..12 {
            let at = probe * 7919 % grad.len();
            let shifted = |step: f32| {
                let mut moved = values(&tensors[i]);
                moved[at] += step;
                let mut tensors = tensors.clone();
                let moved = Tensor::from_vec(moved, tensors[i].shape(), &Device::Cpu);
                tensors[i] = moved.unwrap();
                weighted(f, &tensors)
            };
            let difference = (shifted(STEP) - shifted(-STEP)) / f64::from(2.0 * STEP);
            let error = (difference - f64::from(grad[at])).abs();
            assert!(
                error < 4e-3 * (1.0 + difference.abs()),
                "{name}: input {i} at {at}: gradient {}, difference {difference}",
                grad[at]
            );
        }
    }
}

/// Compares result and gradients with those of the stock route.
fn check_stock(name: &str, f: Function, stock: Function, shapes: &[&[usize]]) {
    let inputs = inputs(shapes);
    let (out, grads) = loss(f, &inputs);
    let (stock_out, stock_grads) = loss(stock, &inputs);
    let close = |what: &str, a: &Tensor, b: &Tensor| {
        assert_eq!(a.dims(), b.dims(), "{name}: {what}");
        for (a, b) in values(a).iter().zip(values(b)) {
            assert!(
                (a - b).abs() < 3e-5 * (1.0 + b.abs()),
                "{name}: {what}: {a}, stock {b}"
            );
        }
    };
    close("result", &out, &stock_out);
    for (i, (a, b)) in grads.iter().zip(&stock_grads).enumerate() {
        close(&format!("gradient {i}"), a, b);
    }
}

fn sliding(stride: usize, padding: usize, output_padding: usize) -> Sliding {
    Sliding {
        stride,
        padding,
        output_padding,
    }
}

#[test]
fn linear_layers() {
    for activation in [Activation::None, Activation::Relu, Activation::Elu] {
        let f: Function = &|x| linear(&x[0], &x[1], &x[2], activation);
        let stock: Function = &|x| linear_stock(&x[0], &x[1], &x[2], activation);
        check_stock("linear", f, stock, &[&[3, 5, 17], &[11, 17], &[11]]);
    }
    let f: Function = &|x| linear(&x[0], &x[1], &x[2], Activation::Elu);
    check_differences("linear", f, &[&[4, 9], &[6, 9], &[6]]);
}

/// With fixed weights two operations are one, and give the same.
#[test]
fn layers_whose_weights_are_fixed() {
    let weights: Vec<Tensor> = inputs(&[&[36, 9], &[36], &[9, 36], &[9]])
        .iter()
        .map(|x| x.detach())
        .collect();
    let [wide, wide_bias, narrow, narrow_bias] = &weights[..] else {
        panic!("four weights");
    };
    let f: Function = &|x| {
        let (first, second) = ((wide, wide_bias), (narrow, narrow_bias));
        feed_forward(&x[0], first, Activation::Relu, second)
    };
    let apart: Function = &|x| {
        let inner = linear(&x[0], wide, wide_bias, Activation::Relu)?;
        linear(&inner, narrow, narrow_bias, Activation::None)
    };
    check_stock("feed-forward", f, apart, &[&[2, 5, 9]]);
    let f: Function = &|x| projected_self_attention(&x[0], (wide, wide_bias), 3);
    let apart: Function =
        &|x| self_attention(&linear(&x[0], wide, wide_bias, Activation::None)?, 3);
    check_stock("projected attention", f, apart, &[&[2, 5, 9]]);
}

#[test]
fn layer_norms() {
    let shapes: [&[usize]; 4] = [&[3, 4, 37], &[3, 4, 37], &[37], &[37]];
    let f: Function = &|x| add_layer_norm(&x[0], &x[1], &x[2], &x[3]);
    let stock: Function = &|x| layer_norm_stock(&(&x[0] + &x[1])?, &x[2], &x[3]);
    check_stock("add-layer-norm", f, stock, &shapes);
    check_differences("add-layer-norm", f, &shapes);
    let f: Function = &|x| layer_norm(&x[0], &x[1], &x[2]);
    let stock: Function = &|x| layer_norm_stock(&x[0], &x[1], &x[2]);
    check_stock("layer-norm", f, stock, &[&[5, 16], &[16], &[16]]);
}

#[test]
fn attention() {
    let cross: Function = &|x| cross_attention(&x[0], &x[1], 4);
    let stock: Function = &|x| attention_stock(&x[0], &x[1], 4);
    check_stock("cross-attention", cross, stock, &[&[3, 7, 24], &[3, 5, 48]]);
    check_differences("cross-attention", cross, &[&[2, 3, 8], &[2, 2, 16]]);
    let own: Function = &|x| self_attention(&x[0], 3);
    let stock: Function =
        &|x| attention_stock(&x[0].narrow(2, 0, 12)?, &x[0].narrow(2, 12, 24)?, 3);
    check_stock("self-attention", own, stock, &[&[3, 21, 36]]);
    check_differences("self-attention", own, &[&[2, 5, 18]]);
}

#[test]
fn convolutions() {
    // The stock route has no gradient for images that are not square.
    for (size, kernel, slide) in [
        (9, 5, sliding(2, 2, 0)),
        (8, 4, sliding(2, 2, 0)),
        (5, 1, sliding(1, 0, 0)),
    ] {
        let f: Function = &|x| conv2d(&x[0], &x[1], &x[2], slide);
        let stock: Function = &|x| conv2d_stock(&x[0], &x[1], &x[2], slide);
        check_stock(
            "conv2d",
            f,
            stock,
            &[&[3, 2, size, size], &[4, 2, kernel, kernel], &[4]],
        );
        check_differences(
            "conv2d",
            f,
            &[&[2, 2, size + 1, size], &[3, 2, kernel, kernel], &[3]],
        );
    }
    for (size, kernel, slide) in [(3, 4, sliding(2, 2, 1)), (5, 5, sliding(2, 2, 0))] {
        let f: Function = &|x| conv_transpose2d(&x[0], &x[1], &x[2], slide);
        let stock: Function = &|x| conv_transpose2d_stock(&x[0], &x[1], &x[2], slide);
        check_stock(
            "transposed",
            f,
            stock,
            &[&[3, 2, size, size], &[2, 4, kernel, kernel], &[4]],
        );
        check_differences(
            "transposed",
            f,
            &[&[2, 2, size, size + 1], &[2, 3, kernel, kernel], &[3]],
        );
    }
    // More columns than are taken together.
    let f: Function = &|x| conv2d(&x[0], &x[1], &x[2], sliding(2, 2, 0));
    let stock: Function = &|x| conv2d_stock(&x[0], &x[1], &x[2], sliding(2, 2, 0));
    check_stock("conv2d", f, stock, &[&[7, 1, 33, 33], &[2, 1, 5, 5], &[2]]);
}

#[test]
fn batch_norm() {
    let shapes: [&[usize]; 3] = [&[6, 3, 4, 5], &[3], &[3]];
    let of_batch: Function = &|x| {
        let statistics = Statistics::of_batch(&x[0], 2)?;
        batch_norm_silu(&x[0], &x[1], &x[2], &statistics)
    };
    let stock: Function = &|x| {
        let statistics = Statistics::of_batch(&x[0], 2)?;
        batch_norm_silu_stock(&x[0], &x[1], &x[2], &statistics)
    };
    check_stock("batch norm of the batch", of_batch, stock, &shapes);
    check_differences("batch norm of the batch", of_batch, &shapes);

    let mean = Tensor::new(&[0.1f32, -0.2, 0.3], &Device::Cpu).unwrap();
    let variance = Tensor::new(&[1.5f32, 0.5, 1e-5], &Device::Cpu).unwrap();
    let running = Statistics::running(&mean, &variance).unwrap();
    let f: Function = &|x| batch_norm_silu(&x[0], &x[1], &x[2], &running);
    let stock: Function = &|x| batch_norm_silu_stock(&x[0], &x[1], &x[2], &running);
    check_stock("running batch norm", f, stock, &shapes);
}

#[test]
fn skip_connections() {
    // Where the pictures shrink by a whole factor, the windows do not overlap and stock agrees.
    let pooled: Function = &|x| add_pooled(&x[0], &x[1]);
    let stock: Function = &|x| {
        let pooled = x[1].avg_pool2d(2)?;
        &x[0] + Tensor::cat(&[&pooled, &pooled], 1)?
    };
    check_stock("add_pooled", pooled, stock, &[&[2, 6, 3, 2], &[2, 3, 6, 4]]);
    check_differences("add_pooled", pooled, &[&[2, 4, 3, 4], &[2, 2, 5, 6]]);

    let enlarged: Function = &|x| add_enlarged(&x[0], &x[1]);
    let stock: Function = &|x| &x[0] + x[1].upsample_nearest2d(6, 4)?;
    check_stock(
        "add_enlarged",
        enlarged,
        stock,
        &[&[2, 3, 6, 4], &[2, 3, 3, 2]],
    );
    check_differences("add_enlarged", enlarged, &[&[2, 3, 5, 9], &[2, 3, 3, 5]]);

    let mixed: Function = &|x| mix_neighbours(&x[0], &x[1], &x[2]);
    let stock: Function = &|x| {
        let pairs = x[0].reshape((2, 3, 2, 20))?;
        let weighted = pairs.broadcast_mul(&x[1].reshape((1, 3, 2, 1))?)?.sum(2)?;
        let biased = weighted.broadcast_add(&x[2].reshape((1, 3, 1))?)?;
        biased.reshape((2, 3, 4, 5))
    };
    check_stock(
        "mix_neighbours",
        mixed,
        stock,
        &[&[2, 6, 4, 5], &[3, 2, 1, 1], &[3]],
    );
}

#[test]
fn elementwise() {
    let shape: [&[usize]; 1] = [&[4, 50]];
    check_stock("silu", &|x| silu(&x[0]), &|x| x[0].silu(), &shape);
    check_stock(
        "sigmoid",
        &|x| sigmoid(&x[0]),
        &|x| candle_nn::ops::sigmoid(&x[0]),
        &shape,
    );
    check_stock(
        "clamp",
        &|x| clamp_unit(&x[0]),
        &|x| x[0].clamp(-1f32, 1f32),
        &shape,
    );
    check_stock(
        "softplus",
        &|x| softplus(&x[0]),
        &|x| (x[0].exp()? + 1.0)?.log(),
        &shape,
    );
    check_stock(
        "add",
        &|x| add(&x[0], &x[1]),
        &|x| &x[0] + &x[1],
        &[&[3, 4], &[3, 4]],
    );
    let stock: Function =
        &|x| x[0].narrow(1, 0, 3)?.contiguous()? * candle_nn::ops::sigmoid(&x[0].narrow(1, 3, 3)?)?;
    check_stock("glu", &|x| glu(&x[0]), stock, &[&[2, 6, 2, 2]]);
    // Where the stock formula loses digits.
    let small = Tensor::new(&[-12f32, 25.0], &Device::Cpu).unwrap();
    let [low, high] = softplus(&small).unwrap().to_vec1::<f32>().unwrap()[..] else {
        panic!("two values");
    };
    assert!((low / 6.144_194e-6 - 1.0).abs() < 1e-5 && high == 25.0);
}

#[test]
fn likelihoods() {
    let f: Function = &|x| cross_entropy(&x[0], &[1, 0, 3]);
    let stock: Function = &|x| {
        let targets = Tensor::new(&[[1u32], [0], [3]], &Device::Cpu)?;
        let log = candle_nn::ops::log_softmax(&x[0], 1)?;
        log.gather(&targets, 1)?.squeeze(1)?.neg()
    };
    check_stock("cross entropy", f, stock, &[&[3, 4]]);

    let targets = [0.0, 1.0, 0.5, 0.3, 0.77];
    let cardinalities = [100, 32, 15, 8, 4];
    let f: Function = &|x| logistic_mixture_nll(&x[0], &targets, &cardinalities);
    let stock: Function = &|x| mixture_stock(&x[0], &targets, &cardinalities);
    check_stock("logistic mixture", f, stock, &[&[5, 9]]);
    check_differences("logistic mixture", f, &[&[5, 9]]);

    let target = Tensor::from_vec(Random::new(1).normals(60), (3, 4, 5), &Device::Cpu).unwrap();
    let f: Function = &|x| gaussian_nll(&x[0], &target);
    let stock: Function = &|x| {
        let squares = (&x[0] - &target)?.sqr()?.flatten_from(1)?.mean(1)?;
        squares.affine(0.5, 0.5 * std::f64::consts::TAU.ln())
    };
    check_stock("gaussian", f, stock, &[&[3, 4, 5]]);
}

#[test]
fn embeddings() {
    let entries = [(0, 1.0), (2, -0.5), (2, 1.0), (1, 0.25)];
    let f: Function = &|x| embed(&x[0], &entries, &x[1]);
    let stock: Function = &|x| {
        let rows = Tensor::new(&[0u32, 2, 2, 1], &Device::Cpu)?;
        let scales = Tensor::new(&[[1f32], [-0.5], [1.0], [0.25]], &Device::Cpu)?;
        let tokens = x[0].index_select(&rows, 0)?.broadcast_mul(&scales)?;
        tokens.reshape((2, 2, 3))?.broadcast_add(&x[1])
    };
    check_stock("embed", f, stock, &[&[3, 3], &[2, 3]]);
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.unwrap().install(|| {
            let x = inputs(&[&[4, 144, 96]]);
            let (out, grads) = loss(&|x| self_attention(&x[0], 4), &x);
            (values(&out), values(&grads[0]))
        })
    };
    assert_eq!(run(1), run(2));
}

#[test]
fn wrong_shapes_are_errors() {
    let zeros =
        |shape: &[usize]| Tensor::zeros(shape, candle_core::DType::F32, &Device::Cpu).unwrap();
    let refused = [
        linear(
            &zeros(&[2, 3]),
            &zeros(&[4, 5]),
            &zeros(&[4]),
            Activation::None,
        ),
        add_layer_norm(&zeros(&[2, 3]), &zeros(&[2, 4]), &zeros(&[3]), &zeros(&[3])),
        self_attention(&zeros(&[1, 2, 7]), 2),
        cross_attention(&zeros(&[1, 2, 4]), &zeros(&[2, 2, 8]), 2),
        conv2d(
            &zeros(&[1, 2, 3, 3]),
            &zeros(&[4, 3, 3, 3]),
            &zeros(&[4]),
            sliding(1, 0, 0),
        ),
        conv2d(
            &zeros(&[1, 2, 2, 2]),
            &zeros(&[4, 2, 3, 3]),
            &zeros(&[4]),
            sliding(1, 0, 0),
        ),
        conv_transpose2d(
            &zeros(&[1, 2, 3, 3]),
            &zeros(&[3, 2, 3, 3]),
            &zeros(&[2]),
            sliding(1, 0, 0),
        ),
        add_pooled(&zeros(&[1, 3, 2, 2]), &zeros(&[1, 2, 4, 4])),
        glu(&zeros(&[1, 3, 2])),
        cross_entropy(&zeros(&[1, 3]), &[3]),
        logistic_mixture_nll(&zeros(&[1, 8]), &[0.0], &[4]),
        embed(&zeros(&[2, 3]), &[(2, 1.0)], &zeros(&[1, 3])),
    ];
    for (i, result) in refused.iter().enumerate() {
        assert!(result.is_err(), "case {i}");
    }
}
