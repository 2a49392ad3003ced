//! The page of each reason: what it means, an example, and what to write instead.

use super::why::Reason;

/// What `toy explain` shows.
pub struct Page {
    pub means: &'static str,
    pub example: &'static str,
    pub instead: &'static str,
}

/// The page of a reason.
pub const fn page(reason: Reason) -> Page {
    let (means, example, instead) = match reason {
        Reason::Call => (
            "The loop calls something that typed code neither knows nor inlines. It knows abs, min, max, len, int, float, bool,\nrange, enumerate, zip and most functions of math, and inlines small functions of the script that are called by\nposition and do not call themselves. At any other call the interpreter goes on until the loop's next iteration.",
            "for i in range(n):\n    total += x[i]\n    print(total)",
            "Move the call out of the loop, or make it rarely: a call in a branch that is seldom taken costs little.",
        ),
        Reason::Method => (
            "The loop calls a method that typed code does not know. Of lists it knows append.",
            "for x in xs:\n    names.append(str(x).upper())",
            "Do such work in a loop of its own, so that the loop with the arithmetic has none.",
        ),
        Reason::Attribute => (
            "The loop asks for an attribute of something other than the module math, or for one that math does not have.",
            "for i in range(n):\n    total += a.shape[0]",
            "Ask before the loop: rows = a.shape[0].",
        ),
        Reason::Operand => (
            "An operator meets something that is no number, or two numbers for which typed code has no instruction: strings, lists,\nnp.float32 mixed with Python ints, an int to the power of a variable.",
            "for word in words:\n    text += word",
            "Keep numbers in the loop. Where np.float32 is meant, make every number one before the loop.",
        ),
        Reason::Element => (
            "An element is read or written in a way that typed code does not know: of a dict or a string, by a slice, of an array of\nmore than two axes, or a list's item that is not a number is replaced.",
            "for key in keys:\n    counts[key] += 1",
            "Number the keys once, and count in a list: counts[number] += 1.",
        ),
        Reason::Container => (
            "The loop makes a list, dict, set or string, unpacks an object that is no tuple of known items, or searches in one.",
            "for i in range(n):\n    pair = [x[i], y[i]]\n    total += pair[0] * pair[1]",
            "Use variables, or a tuple: first, second = x[i], y[i] makes no object in typed code.",
        ),
        Reason::Iterable => (
            "An inner loop goes over something other than a range, a list, an array, or enumerate and zip of these.",
            "for i in range(n):\n    for key in table:\n        total += i",
            "Make a list of it before the outer loop: keys = list(table).",
        ),
        Reason::Construct => (
            "The loop has a construct that is left to the interpreter: an import, a function that is made, a del, a variable that\ninner functions share, an attribute that is set.",
            "for i in range(n):\n    f = lambda x: x + i\n    total += f(1)",
            "Make the function before the loop, and hand over what it needs: def f(x, i): return x + i.",
        ),
        Reason::Exception => (
            "An exception is raised or handled there. try costs nothing as long as nothing is raised; what is raised, the\ninterpreter handles, and typed code goes on with the next iteration.",
            "for x in xs:\n    try:\n        total += 1 / x\n    except ZeroDivisionError:\n        zeros += 1",
            "Test for what is common: if x == 0: zeros += 1, else: total += 1 / x.",
        ),
        Reason::Unbound => (
            "A variable may have no value there. Typed code begins with the values that variables have when the loop becomes hot.",
            "for i in range(n):\n    if i > 5:\n        total += last\n    last = i",
            "Give the variable a value before the loop: last = 0.",
        ),
        Reason::Effects => (
            "A function that is inlined changes something: an item, a list, a global variable. Where an inlined function has to be\nleft, the interpreter calls it once more from the beginning, so that it must not have done anything.",
            "def add(i):\n    counts[i] += 1\n\nfor i in range(n):\n    add(i)",
            "Let the function return what is to be assigned, and assign it in the loop.",
        ),
        Reason::ChangedType => (
            "A value is of another type than those that were seen when the loop was compiled: an int in a list of floats, for example.\nThe interpreter goes on until the next iteration.",
            "xs = [0.5, 1.5, 2, 2.5]\nfor x in xs:\n    total += x",
            "Make the types agree where the list is made: 2.0 for 2, or [float(x) for x in xs].",
        ),
        Reason::Overflow => (
            "A result does not fit into 64 bits. The interpreter goes on, with integers of any size.",
            "for i in range(1, n):\n    product = product * i",
            "If big integers are not meant, reduce on the way: product = product * i % modulus. If they are, leave the loop as it is.",
        ),
        Reason::Bounds => (
            "An index is outside of its list or array, on either side. The interpreter raises IndexError.",
            "for i in range(len(x)):\n    try:\n        total += x[i + 1]\n    except IndexError:\n        pass",
            "Let the range end where the list does: for i in range(len(x) - 1).",
        ),
        Reason::Division => (
            "A division by zero, which the interpreter raises or warns of; or an integer beyond 2**53 that is divided or compared\nwith a float, which takes more than one instruction to do exactly.",
            "for i in range(n):\n    total += 2 ** 60 / (i + 1)",
            "Use floats where floats are meant: 2.0 ** 60 / (i + 1).",
        ),
        Reason::Domain => (
            "A function of math is called outside of its domain, or its result is beyond every float; or a shift is by a negative\nnumber. The interpreter raises what Python raises. A result that is infinite or NaN for good reasons is left to it as well.",
            "for x in xs:\n    total += math.sqrt(x)",
            "Test before the call: if x >= 0.",
        ),
        Reason::ManyTypes => (
            "Code is made once more for each set of types that a place is reached with, up to eight of them. Here were more.",
            "for i in range(n):\n    if i % 2: a = 1.0\n    else: a = 1\n    if i % 3: b = 1.0\n    else: b = 1",
            "Let each variable have one type: a = 1.0 in both branches.",
        ),
        Reason::Large => (
            "The loop is so large that compiling it takes longer than it can save.",
            "A loop of more than a thousand bytecodes, or with many branches that each change types.",
            "Move parts of its body into functions of their own.",
        ),
        Reason::Generator => (
            "The loop belongs to a generator, and hands out its items one by one.",
            "total = sum(x * x for x in xs)",
            "Use a loop, or a list comprehension.",
        ),
        Reason::Branches => (
            "An array expression does the same with each element. The body of this loop does one thing in some iterations\nand another in others.",
            "for i in range(n):\n    if x[i] > 0.0:\n        total += x[i]",
            "Let both ways be one expression: total += max(x[i], 0.0).",
        ),
        Reason::Recurrence => (
            "The elements of an array expression are computed independently of one another. In this loop an iteration needs\nwhat the one before has computed, and does more with it than to add to it.",
            "for i in range(1, n):\n    x[i] = x[i - 1] * 0.5 + y[i]",
            "Such a loop runs as typed code. If there are several of these sequences, let the inner loop go over them.",
        ),
        Reason::Checks => (
            "An iteration may fail, and only the iteration itself can say whether it does: an integer may not fit into\n64 bits, an item may be of another type.",
            "for i in range(n):\n    count += a[i]",
            "Sum up floats, or use an array and its method sum().",
        ),
        Reason::NoVector => (
            "Something in the loop's body has no counterpart among array expressions.",
            "for i in range(n):\n    y[i] = math.sin(x[i])",
            "Put what can be an array expression into a loop of its own.",
        ),
        Reason::NotOnce => (
            "An array expression must not fail in the middle: that all indices are inside of their lists and arrays has to be\nclear before it begins. That can be said of inner loops over range(...) in steps of one, whose indices are the\nloop's variable, or that and a constant.",
            "for i in range(n):\n    total += x[order[i]]",
            "Use the loop's variable as the index, and arrays or lists that the loop does not assign.",
        ),
        Reason::NoCode => (
            "The code generator refused the loop: on a CPU that lacks an instruction, for example. The message says why.",
            "A loop that rounds by math.floor, on a CPU without SSE4.1.",
            "Nothing is wrong with the loop.",
        ),
    };
    Page { means, example, instead }
}
