//! The claims of the text "Why Vectorization Is Faster Than For Loops in Machine Learning", in its order.

use super::claim::{Claim, Program, Range, Unit, Why};
use super::{code, cores, counts, loops, memory};

macro_rules! program {
    ($name:literal) => {{
        let text = include_str!(concat!("../../../programs/claims/", $name));
        Program { path: concat!("programs/claims/", $name), text }
    }};
}

/// What was published.
pub const TEXT: &str = "Why Vectorization Is Faster Than For Loops in Machine Learning";

pub static CLAIMS: &[Claim] = &[
    Claim {
        name: "loop",
        section: "Summary",
        words: "vectorized code can be 10× to 100× faster on CPU … compared to Python loops",
        range: Range::new(10.0, 100.0),
        unit: Unit::Times,
        program: program!("loop.toy"),
        experiment: loops::against_arrays,
        why: Why {
            below: "the interpreter is quick, or the arrays are so large or so small that memory or the call sets the pace.",
            inside: "the loop pays dozens of events for each element; the array expression pays them once for all elements.",
            above: "one kernel fuses the whole expression and spreads it over the cores, while the loop's cost stays.",
        },
    },
    Claim {
        name: "eight-steps",
        section: "1",
        words: "Each iteration involves: [eight steps]",
        range: Range::exactly(8.0),
        unit: Unit::Count,
        program: program!("loop.toy"),
        experiment: counts::eight_steps,
        why: Why {
            below: "this interpreter saves some of the eight.",
            inside: "each of the eight was seen in each iteration; 'toy trace' shows them one by one.",
            above: "there are more kinds than the text names.",
        },
    },
    Claim {
        name: "overhead",
        section: "1",
        words: "Most of the time is spent on overhead, not math.",
        range: Range::at_least(50.0),
        unit: Unit::Percent,
        program: program!("loop.toy"),
        experiment: loops::share_of_overhead,
        why: Why {
            below: "the math alone, one element after the other, takes more than half of the loop's time.",
            inside: "the same math, one element after the other in machine code, takes a small part of the loop's time.",
            above: "the same math takes none of the loop's time.",
        },
    },
    Claim {
        name: "interpreter",
        section: "2",
        words: "This alone can make Python loops 10×–50× slower.",
        range: Range::new(10.0, 50.0),
        unit: Unit::Times,
        program: program!("interpreter.toy"),
        experiment: loops::without_interpreter,
        why: Why {
            below: "what remains without the interpreter, pointers to boxes and one chain of additions, takes its time too.",
            inside: "machine code over the very same boxes does without dispatch, type checks and new boxes.",
            above: "next to nothing remains of the loop without its interpreter.",
        },
    },
    Claim {
        name: "one-call",
        section: "3",
        words: "Python now makes one function call, not m iterations.",
        range: Range::exactly(1.0),
        unit: Unit::Count,
        program: program!("loop.toy"),
        experiment: counts::calls,
        why: Why {
            below: "the array expression is no call at all.",
            inside: "the operators build one kernel, and the one call of np.mean runs it.",
            above: "the array expression makes several calls, but no more for more elements.",
        },
    },
    Claim {
        name: "memory",
        section: "4",
        words: "Memory efficiency alone can give 2×–5× speedups.",
        range: Range::new(2.0, 5.0),
        unit: Unit::Times,
        program: program!("memory.toy"),
        experiment: memory::layouts,
        why: Why {
            below: "what is read in the order in which it lies is fetched ahead, and the caches hide how far apart it lies.",
            inside: "each cache line that is fetched gives fewer of the numbers that are wanted.",
            above: "each number costs a cache line of its own, far from the last one, and nothing fetches it ahead.",
        },
    },
    Claim {
        name: "lanes",
        section: "5",
        words: "SSE 4 floats, AVX 8 floats, AVX-512 16 floats",
        range: Range::new(4.0, 16.0),
        unit: Unit::Count,
        program: program!("simd.toy"),
        experiment: code::lanes,
        why: Why {
            below: "the code takes fewer numbers at a time than its registers hold.",
            inside: "elements that a pass of the main loop takes, divided by the multiplications in its machine code.",
            above: "the code takes more numbers at a time than its registers hold.",
        },
    },
    Claim {
        name: "simd",
        section: "5",
        words: "This gives a 2×–8× speedup, depending on CPU capabilities.",
        range: Range::new(2.0, 8.0),
        unit: Unit::Times,
        program: program!("simd.toy"),
        experiment: code::widths,
        why: Why {
            below: "something else than arithmetic sets the pace, or the CPU splits wide registers.",
            inside: "an instruction takes 4, 8 or 16 numbers, as many a cycle as a scalar one; loads and calls remain.",
            above: "the widest registers hold 16 numbers, and scalar code pays for its loop as well.",
        },
    },
    Claim {
        name: "best-path",
        section: "5",
        words: "NumPy automatically selects the best available path",
        range: Range::at_least(0.95),
        unit: Unit::Times,
        program: program!("simd.toy"),
        experiment: code::choice,
        why: Why {
            below: "a width that was not chosen is faster for this kernel.",
            inside: "no width that can be set by hand is faster by 5 % than the one that is chosen.",
            above: "the choice is faster than all that it chooses from.",
        },
    },
    Claim {
        name: "compiler",
        section: "6",
        words: "This often adds another 1.5×–3× improvement.",
        range: Range::new(1.5, 3.0),
        unit: Unit::Times,
        program: program!("compiler.toy"),
        experiment: code::compiler,
        why: Why {
            below: "the CPU reorders, renames and fetches ahead by itself, and something else sets the pace.",
            inside: "unrolled chains overlap, an FMA is two operations, and nothing is spilled.",
            above: "without unrolled chains each addition waits for the one before, several cycles long.",
        },
    },
    Claim {
        name: "threads",
        section: "7",
        words: "This can provide N× speedup, where N = number of cores.",
        range: Range::at_least(2.0),
        unit: Unit::Times,
        program: program!("threads.toy"),
        experiment: cores::threads,
        why: Why {
            below: "the cores share memory, caches, clock or neighbours, and handing out work takes time.",
            inside: "no part of the work waits for another.",
            above: "each core brings a cache of its own, or one thread is not as good as it could be.",
        },
    },
    Claim {
        name: "one-interpreter",
        section: "7",
        words: "[Python loops] are constrained by the Global Interpreter Lock (GIL) … cannot scale across cores",
        range: Range::about(1.0),
        unit: Unit::Times,
        program: program!("interpreters.toy"),
        experiment: cores::interpreters,
        why: Why {
            below: "threads of one interpreter stand in each other's way.",
            inside: "one interpreter runs one bytecode at a time; only several interpreters, in several processes, run several.",
            above: "this interpreter runs several threads at once.",
        },
    },
    Claim {
        name: "gpu",
        section: "8",
        words: "tensor-based GPU code can be 1000×+ faster",
        range: Range::at_least(1000.0),
        unit: Unit::Times,
        program: program!("gpu.toy"),
        experiment: cores::gpu,
        why: Why {
            below: "copying to the GPU and starting it takes its time.",
            inside: "thousands of elements are computed at once.",
            above: "thousands of elements are computed at once.",
        },
    },
    Claim {
        name: "shape",
        section: "9",
        words: "1D vs 2D Tensors: Shape Does Not Kill Performance",
        range: Range::about(1.0),
        unit: Unit::Times,
        program: program!("shape.toy"),
        experiment: memory::shapes,
        why: Why {
            below: "the matrix is even faster, whatever its shape should cost.",
            inside: "both are one contiguous run of numbers, which one flat loop walks through.",
            above: "the loop over rows of two is not made one flat loop.",
        },
    },
    Claim {
        name: "per-cycle",
        section: "10",
        words: "Lets hardware execute multiple operations per cycle",
        range: Range::at_least(2.0),
        unit: Unit::PerCycle,
        program: program!("cycles.toy"),
        experiment: code::per_cycle,
        why: Why {
            below: "each operation waits for memory, or for the one before.",
            inside: "an FMA is two operations on each number of a register, and one or two of them start in a cycle.",
            above: "an FMA is two operations on each number of a register, and one or two of them start in a cycle.",
        },
    },
];
