//! Every form of the gradient expression, from IR to the machine code of a named CPU. Regenerate the expected texts
//! with `UPDATE_EXPECT=1 cargo test --test kernel_golden`, and read what changed.

use expect_test::{Expect, expect, expect_file};
use toy::array::{Array, DType};
use toy::jit::{Listing, Simd, Switches, Unroll};
use toy::kernel::{BinaryOp as B, Expr, ReduceOp as R, UnaryOp as U};

#[cfg(target_arch = "x86_64")]
const FEATURES: &[&str] = &[
    "has_sse3",
    "has_ssse3",
    "has_sse41",
    "has_sse42",
    "has_avx",
    "has_avx2",
    "has_fma",
    "has_avx512f",
    "has_avx512bw",
    "has_avx512dq",
];

fn vector(dtype: DType) -> Expr {
    Expr::leaf(Array::zeros(dtype, &[1000]).unwrap())
}

/// `np.mean((y_pred - y) * x)`
fn gradient(dtype: DType) -> Expr {
    let difference = Expr::binary(B::Sub, &vector(dtype), &vector(dtype)).unwrap();
    let product = Expr::binary(B::Mul, &difference, &vector(dtype)).unwrap();
    Expr::reduce(R::Mean, &product, None, false).unwrap()
}

#[cfg(target_arch = "x86_64")]
fn list(expr: &Expr, simd: Simd, unroll: u8) -> Listing {
    let unroll = Unroll::new(unroll).unwrap();
    let switches = Switches { simd, unroll, threads: 1, ..Switches::default() };
    Listing::of(expr, switches, "x86_64-unknown-linux-gnu", FEATURES).unwrap()
}

#[cfg(target_arch = "x86_64")]
fn check_last_pass(expr: &Expr, expected: Expect) {
    let listing = list(expr, Simd::Sse, 1);
    expected.assert_eq(&listing.passes.last().unwrap().1);
}

#[test]
#[cfg(target_arch = "x86_64")]
fn the_gradient_is_one_kernel() {
    check_last_pass(
        &gradient(DType::Float64),
        expect![[r#"
        kernel(in0: float64, in1: float64, in2: float64) -> float64 {
          v0 = load in0                : float64
          v1 = load in1                : float64
          v2 = sub v0, v1              : float64
          v3 = load in2                : float64
          reduce mean fma v2, v3, acc
        }
    "#]],
    );
}

#[test]
#[cfg(target_arch = "x86_64")]
fn the_passes_leave_what_is_needed() {
    let x = vector(DType::Float64);
    let zero = Expr::weak_float(0.0);
    // where(not (x < 0), x * 2 + 1, -(-x)) with a square that nobody uses
    let negative = Expr::unary(U::Not, &Expr::binary(B::Lt, &x, &zero).unwrap()).unwrap();
    let doubled = Expr::binary(B::Mul, &x, &Expr::weak_float(2.0)).unwrap();
    let line = Expr::binary(B::Add, &doubled, &Expr::weak_float(1.0)).unwrap();
    let same = Expr::unary(U::Neg, &Expr::unary(U::Neg, &x).unwrap()).unwrap();
    let expr = Expr::select(&negative, &line, &same).unwrap();
    let listing = list(&expr, Simd::Sse, 1);
    let text: String = listing.passes.iter().map(|(name, text)| format!("; {name}\n{text}")).collect();
    expect![[r#"
        ; lower
        kernel(in0: float64, in1: float64, in2: float64, in3: float64) -> float64 {
          v0 = load in0                : float64
          v1 = load in1                : float64
          v2 = lt v0, v1               : bool
          v3 = not v2                  : bool
          v4 = load in2                : float64
          v5 = load in3                : float64
          v6 = fma v0, v4, v5          : float64
          v7 = neg v0                  : float64
          v8 = neg v7                  : float64
          v9 = select v3, v6, v8       : float64
          store v9
        }
        ; simplify
        kernel(in0: float64, in1: float64, in2: float64, in3: float64) -> float64 {
          v0 = load in0                : float64
          v1 = load in1                : float64
          v2 = lt v0, v1               : bool
          v3 = not v2                  : bool
          v4 = load in2                : float64
          v5 = load in3                : float64
          v6 = fma v0, v4, v5          : float64
          v7 = neg v0                  : float64
          v8 = select v2, v0, v6       : float64
          store v8
        }
        ; cse
        kernel(in0: float64, in1: float64, in2: float64, in3: float64) -> float64 {
          v0 = load in0                : float64
          v1 = load in1                : float64
          v2 = lt v0, v1               : bool
          v3 = not v2                  : bool
          v4 = load in2                : float64
          v5 = load in3                : float64
          v6 = fma v0, v4, v5          : float64
          v7 = neg v0                  : float64
          v8 = select v2, v0, v6       : float64
          store v8
        }
        ; dce
        kernel(in0: float64, in1: float64, in2: float64, in3: float64) -> float64 {
          v0 = load in0                : float64
          v1 = load in1                : float64
          v2 = lt v0, v1               : bool
          v3 = load in2                : float64
          v4 = load in3                : float64
          v5 = fma v0, v3, v4          : float64
          v6 = select v2, v0, v5       : float64
          store v6
        }
    "#]]
    .assert_eq(&text);
}

#[test]
#[cfg(target_arch = "x86_64")]
fn clif_of_the_gradient() {
    let listing = list(&gradient(DType::Float64), Simd::Sse, 2);
    expect_file!["golden/gradient.clif"].assert_eq(&listing.stages[0].clif);
}

#[test]
#[cfg(target_arch = "x86_64")]
fn machine_code_of_the_gradient() {
    for (file, dtype, simd, unroll) in [
        (expect_file!["golden/gradient.f64.sse.2.asm"], DType::Float64, Simd::Sse, 2),
        (expect_file!["golden/gradient.f32.sse.8.asm"], DType::Float32, Simd::Sse, 8),
        (expect_file!["golden/gradient.f64.scalar.1.asm"], DType::Float64, Simd::Scalar, 1),
        (expect_file!["golden/gradient.f64.avx.4.asm"], DType::Float64, Simd::Avx, 4),
        (expect_file!["golden/gradient.f32.avx512.4.asm"], DType::Float32, Simd::Avx512, 4),
    ] {
        file.assert_eq(&list(&gradient(dtype), simd, unroll).asm());
    }
}

#[test]
#[cfg(target_arch = "x86_64")]
fn conditions_are_lanes_up_to_256_bits_and_masks_at_512() {
    let (x, y) = (vector(DType::Float64), vector(DType::Float64));
    let less = Expr::binary(B::Lt, &x, &y).unwrap();
    let smaller = Expr::select(&less, &x, &Expr::unary(U::Neg, &y).unwrap()).unwrap();
    expect![[r#"
        b9:  vmovupd xmm0,[rax+r9]
        bf:  vmovupd xmm1,[rcx+r9]
        c5:  vcmpltpd xmm2,xmm0,xmm1
        ca:  vpcmpeqd xmm3,xmm3,xmm3
        ce:  vpsllq xmm3,xmm3,3Fh
        d3:  vxorpd xmm1,xmm1,xmm3
        d7:  vpblendvb xmm0,xmm1,xmm0,xmm2
        dd:  vmovupd [rdx+r9],xmm0
        e3:  add r9,10h
        ea:  cmp r9,rdi
        ed:  jl short 0B9h
    "#]]
    .assert_eq(&main_loops(&smaller, Simd::Sse, 1));
    expect![[r#"
        bc:  vmovupd ymm0,[rax+r9]
        c2:  vmovupd ymm1,[rcx+r9]
        c8:  vcmpltpd ymm2,ymm0,ymm1
        cd:  vpcmpeqd ymm3,ymm3,ymm3
        d1:  vpsllq ymm3,ymm3,3Fh
        d6:  vxorpd ymm1,ymm1,ymm3
        da:  vpblendvb ymm0,ymm1,ymm0,ymm2
        e0:  vmovupd [rdx+r9],ymm0
        e6:  add r9,20h
        ed:  cmp r9,rdi
        f0:  jl short 0BCh
    "#]]
    .assert_eq(&main_loops(&smaller, Simd::Avx, 1));
    expect![[r#"
        d2:  vmovupd zmm0,[rax+r9]
        d9:  vmovupd zmm1,[rcx+r9]
        e0:  vcmpltpd k2,zmm0,zmm1
        e7:  vpmovm2q zmm2,k2
        ed:  vpternlogd zmm3,zmm3,zmm3,0FFh
        f4:  vpsllq zmm3,zmm3,3Fh
        fb:  vxorpd zmm1,zmm1,zmm3
        101:  vpblendmq zmm0{k2},zmm1,zmm0
        107:  vmovupd [rdx+r9],zmm0
        10e:  add r9,40h
        115:  cmp r9,rdi
        118:  jl short 0D2h
    "#]]
    .assert_eq(&main_loops(&smaller, Simd::Avx512, 1));
}

/// One multiplication, one addition: one instruction, and no call anywhere.
#[test]
#[cfg(target_arch = "x86_64")]
fn products_and_sums_are_fma_instructions() {
    let x = vector(DType::Float64);
    let product = Expr::binary(B::Mul, &x, &x).unwrap();
    for (op, instruction) in [(B::Add, "vfmadd"), (B::Sub, "vfmsub")] {
        let listing = list(&Expr::binary(op, &product, &vector(DType::Float64)).unwrap(), Simd::Sse, 4);
        let asm = listing.asm();
        assert!(asm.contains(instruction) && !asm.contains("call") && !asm.contains("vmulpd"), "{asm}");
    }
    let listing = list(&Expr::binary(B::Sub, &vector(DType::Float64), &product).unwrap(), Simd::Sse, 4);
    assert!(listing.asm().contains("vfnmadd"), "{}", listing.asm());
}

#[cfg(target_arch = "x86_64")]
fn main_loops(expr: &Expr, simd: Simd, unroll: u8) -> String {
    let listing = list(expr, simd, unroll);
    let stages = listing.stages.iter().map(|stage| {
        let lines: Vec<&str> = stage.asm.lines().collect();
        stage.main_loop.iter().map(|line| format!("{}\n", lines[*line].trim_start())).collect::<String>()
    });
    stages.collect::<Vec<_>>().join("---\n")
}

#[test]
#[cfg(target_arch = "x86_64")]
fn the_main_loop_is_the_one_that_takes_most_elements() {
    // The inner loop of a reduction, not those over what is left.
    expect![[r#"
        325:  vmovupd xmm2,[rax+r13]
        32b:  vsubpd xmm2,xmm2,[rcx+r13]
        331:  vfmadd132pd xmm2,xmm1,[rdx+r13]
        337:  add r13,100h
        33e:  vmovdqu xmm1,xmm2
        342:  cmp r13,r14
        345:  jl short 325h
    "#]]
    .assert_eq(&main_loops(&gradient(DType::Float64), Simd::Sse, 1));
    // The unrolled loop of an elementwise kernel, in vectors and in single elements.
    let doubled = Expr::binary(B::Add, &vector(DType::Float64), &Expr::weak_float(2.0)).unwrap();
    expect![[r#"
        7a:  vaddpd xmm2,xmm1,[rax+r11]
        80:  vmovupd [rcx+r11],xmm2
        86:  vaddpd xmm2,xmm1,[rax+r11+10h]
        8d:  vmovupd [rcx+r11+10h],xmm2
        94:  add r11,20h
        9b:  cmp r11,rsi
        9e:  jl short 7Ah
    "#]]
    .assert_eq(&main_loops(&doubled, Simd::Sse, 2));
    expect![[r#"
        52:  vaddsd xmm1,xmm0,[rax+r9]
        58:  vmovsd [rcx+r9],xmm1
        5e:  add r9,8
        65:  cmp r9,rsi
        68:  jl short 52h
    "#]]
    .assert_eq(&main_loops(&doubled, Simd::Scalar, 1));
    // A loop for each stage: what changes its width passes through memory.
    let narrow = Expr::unary(U::Sqrt, &doubled.cast(DType::Float32)).unwrap();
    expect![[r#"
        7a:  vaddpd xmm2,xmm1,[rax+r11]
        80:  vmovupd [rcx+r11],xmm2
        86:  add r11,10h
        8d:  cmp r11,rsi
        90:  jl short 7Ah
        ---
        71:  vsqrtps xmm0,[rax+r8]
        77:  vmovups [rcx+r8],xmm0
        7d:  add r8,10h
        84:  cmp r8,rsi
        87:  jl short 71h
    "#]]
    .assert_eq(&main_loops(&narrow, Simd::Sse, 1));
}
