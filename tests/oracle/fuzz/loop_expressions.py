"""What expressions the loops of a random program are made of, in the notation of `expressions.py`.

Numbers are everywhere, and grow by a bounded number of bits in an iteration: products of variables stand under `%` or `&`.
Kinds of containers (`ints`, `floats`, `nums`, `mixed`, `rows`, `farr` …) are names made before the loop; `$intat`, `$floatat`
… are items of them, by an index that mostly exists. `$rare` is true now and then, `$stay` mostly; `$fail` raises.
"""

UNIONS = {
    "any": "int float bool none num str big",
    "num": "int int float float bool",
    "cond": "bool bool bool num any",
    "list": "ints ints floats floats nums bools mixed",
    "sized": "ints floats nums mixed rows str farr iarr fmat",
}

LITERALS = {
    kind: words.split()
    for kind, words in {
        "int": "0 1 -1 2 3 4 5 7 -7 10 12 -3 16 31 63 64 97 100 255 256 1000 -5 -6 99 17",
        "lit": """0 1 2 3 5 7 10 16 100 1000 255 -1 -3 -10 2 3 4 1 2147483647 4294967296 (2**53+1) (2**62) 9223372036854775807
            9223372036854775808 -9223372036854775808 (10**18)""",
        "pos": "1 2 3 5 7 10 13 64 97 1000 1009 2147483647 1000000007",
        "mask": "1 7 15 255 0xffff 0xffffffff (2**62-1) (2**63-1) (2**64-1) (-2**63) -8",
        "bound": "1000 2**31 2**53 2**62 2**63 2**64 2**66 10**18 10**30",
        "edge": """(2**63-4) (2**63) (2**63-1) (2**63-9) (-2**63) (-2**63+5) (-2**63-1) (2**62-3) (2**64) (2**31-3) (-2**31+2)
            (2**53-2) (2**32-5) (2**66)""",
        "big": """9223372036854775807 9223372036854775808 -9223372036854775808 -9223372036854775809 (2**62) (2**63-1) (2**64)
            (2**70) (-2**65) 10**20 4611686018427387904 4294967296""",
        "shift": "0 1 1 2 3 4 8 16 31 32 33 62 63 64 65 -1",
        "bit": "0 1 0 1 -1",
        "small": "0 1 2 3 -1 -2 4 5 -3",
        "count": "0 1 2 3 4 5",
        "step": "1 2 3 -1 -2 -3 1 2 -1 0",
        "float": "0.0 0.5 1.0 -1.0 1.5 2.5 3.5 -2.5 0.1 0.2 0.3 3.14159 7.0 100.0 -0.25 1e-5 0.75 2.0 10.0 -3.0 4.0 1e6 -0.0",
        "extreme": """0.0 -0.0 1e16 1e300 1e308 -1e308 1e-308 5e-324 1e999 -1e999 (1e999-1e999) 9007199254740993.0 1e22
            9.223372036854775807e18 -9.223372036854775808e18 4294967296.5""",
        "bool": "True False",
        "none": "None",
        "str": "'' 'a' 'ab' 'x' '7' '1.5'",
    }.items()
}

# An item of a container, and the container's kind.
ITEMS = {
    "intat": "ints", "floatat": "floats", "boolat": "bools", "numat": "nums", "anyat": "mixed", "rowat": "rows",
    "fat": "farr", "sat": "sarr", "iat": "iarr", "bat": "barr", "matat": "fmat", "imatat": "imat",
}  # fmt: skip

# Where in the container `c` an item is, by a counter `v` or a small number `k`: how often, and the index.
INDICES = [
    (34, "{v}"), (20, "{v} % len({c})"), (8, "{v} - 1"), (6, "{v} + 1"), (4, "-{v}"), (4, "-1 - {v}"), (4, "len({c}) - 1 - {v}"),
    (3, "{v} // 2"), (2, "2 * {v}"), (2, "len({c}) // 2"), (14, "{k}"),
]  # fmt: skip

# The names that a loop gives to what is of a kind; further ones have a number.
POOLS = {
    "int": "a b c d", "float": "u v w x", "num": "r s t y", "bool": "p q", "any": "e g h z", "counter": "i j k", "fuel": "n m",
    "ints": "xs ys zs", "floats": "us vs ws", "nums": "ns ms", "mixed": "es gs", "rows": "rows", "farr": "A B C", "sarr": "S T",
    "iarr": "I J", "barr": "P Q", "fmat": "M N", "imat": "K L", "new": "late later", "fn": "f",
}  # fmt: skip

EXPRESSIONS = r"""
int | $int + $int
int | $int - $int
int | $int + $lit
int | $int * $lit
int | $lit - $int
int | ($int * $int) % $pos
int | ($int * $int) & $mask
int | $int // $int
int | $int % $int
int | $int // $lit
int | $int % $lit
int | $int % $pos
int | -$int
int | ~$int
int | +$int
int | $int & $int
int | $int | $int
int | $int ^ $int
int | $int & $mask
int | $int << $shift
int | $int >> $shift
int | $int << ($index & 7)
int | $int >> ($index & 63)
int | 1 << ($index % 70)
int | 1 << ($index + 55)
int | $int >> ($index % 7 - 1)
int | $lit << ($index % 7 - 1)
int | ($int % 10) ** $count
int | 2 ** ($index % 70)
int | $small ** ($index % 66)
int | -3 ** ($index % 45)
int | $lit ** $count
int | abs($int)
int | min($int, $int)
int | max($int, $int, $int)
int | min($int, $lit)
int | int($float)
int | int($num)
int | round($float)
int | round($int, -1)
int | len($sized)
int | divmod($int, $int)[$bit]
int | divmod($int, $lit)[$bit]
int | sum($ints)
int | min($ints)
int | max($ints)
int | $intat
int | $intat
int | $intat
int | $int if $bool else $int
int | $int if $rare else $int
int | $int and $int
int | $int or $int
int | $bool + $int
int | $int * $bool
int | $int - $bool
int | int($bool)
int | $int.bit_length()
int | add($int, $int)
int | scale($int)
int | scale($int, by=$lit)
int | clip($int)
int | clip($int, $lit, high=$lit)
int | fib($index % 9)
int | note($int)
int | check($int)
int | pick($ints, $bit)
int | total($ints)
int | early($ints, $int)
int | hash($num) % 1000 | hash
int | sum([$name * 2 for $name in $ints]) | comp
int | sum($name for $name in $ints if $item) | genexp
int | len([$name for $name in $ints if $name > $int]) | comp
int | (lambda $name: $item)($int) | lambda
int | ($name := $int) + $item | walrus
int | math.floor($float) | math
int | math.gcd($int, $int) | math
int | math.isqrt(abs($int)) | math
int | math.isqrt($int) | math
int | math.factorial($index % 25) | math
int | $iat | numpy
int | $iat | numpy
int | int($iat) | numpy
int | $imatat | numpy
int | int($fat) | numpy
int | $iarr.size | numpy
float | $float + $float
float | $float - $float
float | $float * $float
float | $float / $float
float | $float + $num
float | $num - $float
float | $float * $num
float | $num / $num
float | $int / $lit
float | $float // $num
float | $float % $num
float | $num // $float
float | $num % $float
float | $float * $small
float | $float / 2
float | 1.0 / $num
float | -$float
float | abs($float)
float | float($int)
float | float($num)
float | float($float) ** $small
float | float($float) ** 2
float | abs(float($float)) ** 0.5
float | abs(float($float)) ** float($num)
float | ($int % 30) ** -$count
float | 2.0 ** $int
float | min($float, $float)
float | max($num, $float)
float | round(float($float), $count)
float | sum($floats)
float | max($floats)
float | divmod($float, $num)[$bit]
float | $floatat
float | $floatat
float | $floatat
float | $float if $bool else $float
float | $float or $float
float | $float and $num
float | $float * $bool
float | add($float, $num)
float | scale($float)
float | scale($num, $float)
float | clip($float)
float | note($float)
float | half($int)
float | pick($floats, $bit)
float | total($floats)
float | sum([$item for $name in $floats]) | comp
float | (lambda $name, y=$num: $item * y)($float) | lambda
float | math.sqrt($num) | math
float | math.sqrt(abs($num)) | math
float | math.exp($num) | math
float | math.log($num) | math
float | math.log(abs($num) + 1) | math
float | math.sin($num) | math
float | math.hypot($num, $num) | math
float | math.fmod($num, $num) | math
float | math.fabs($num) | math
float | math.pow($num, $small) | math
float | math.inf | math
float | $fat | numpy
float | $fat | numpy
float | $sat | numpy
float | float($fat) | numpy
float | float($sat) | numpy
float | $matat | numpy
float | $fat * $num | numpy
float | $iat / $lit | numpy
float | np.sqrt($fat) | numpy
float | np.maximum($fat, $num) | numpy
float | np.float64($num) | numpy
bool | $int < $int
bool | $int == $int
bool | $int >= $lit
bool | $int % 2 == 0
bool | $int & 1
bool | $num < $num
bool | $num <= $num
bool | $num > $num
bool | $num == $num
bool | $num != $num
bool | $float < $num
bool | $float > 0
bool | $float == $float
bool | $float != $float
bool | $num < $num <= $num
bool | $lit <= $int < $lit
bool | $num == $num == $num
bool | $num > $num < $num != $num
bool | not $num
bool | not $bool
bool | $bool and $bool
bool | $bool or $bool
bool | $bool & $bool
bool | $bool ^ $bool
bool | $num in $list
bool | $int not in $ints
bool | $int in range($n)
bool | $any is None
bool | $any is not None
bool | $any == $any
bool | isinstance($any, int) | isinstance
bool | isinstance($num, float) | isinstance
bool | isinstance($any, (bool, str)) | isinstance
bool | type($num) is int | type
bool | bool($num)
bool | even($int)
bool | $boolat
bool | $bat | numpy
bool | $fat > $num | numpy
bool | all($bools) | functional
bool | any($name > $int for $name in $ints) | genexp
bool | math.isnan($float) | math
bool | math.isinf($float) | math
bool | $rare
rare | $index % 7 == 3
rare | $index == $bit
rare | $index == 4
rare | $index == $count + 3
rare | $index > 8
rare | $int == $lit
rare | $index % 5 == 4 and $bool
rare | $num > 1000
rare | $float != $float
rare | $intat == $lit
rare | not $index % 11
rare | not $int
stay | $num < 10 ** 6
stay | $index < $n
stay | $int != $lit
stay | not $index == $count + 4
stay | $any is not None
stay | $float == $float
stay | abs($num) < 1e15
stay | -1000 < $num < 2 ** 66
stay | $bool or $index < $n
stay | $index < $n and $num != $lit
stay | len($list) < 50
stay | $list
stay | even($index) or $index < $n
num | $num + $num
num | $num - $num
num | $num * $lit
num | $num * $float
num | $num / $lit
num | $num // $num
num | $num % $num
num | -$num
num | abs($num)
num | $num if $bool else $num
num | $num and $num
num | $num or $num
num | max($num, $num)
num | min($num, $num, $num)
num | $numat
num | $numat
num | $numat
num | turn($int)
num | add($num, $num)
num | note($num)
num | total($nums)
num | first($num, $num)
any | $any if $bool else None
any | $anyat
any | $anyat
any | $any or $any
any | $any and $any
any | turn($any)
any | $num + $any
any | $num * 2
any | first($any)
any | str($num)
any | [$num, $num]
any | ($int, $num)
any | $dict.get($int)
any | $dict[$int]
any | next($it) | next
any | next($it, None) | next
str | str($int)
str | f"{$num}"
str | f"{$float:.3f}|{$int:5d}"
str | "ab"[$bit]
ints | [$int, $int, $int]
ints | [$int + $name for $name in range($count + 2)] | comp
ints | list(range($count, $count + 5))
floats | [$float, $float, $float]
floats | [$name * $float for $name in $floats][:8] | comp
nums | [$num, $num, $num]
for | @i:counter in range($limit)
for | @i:counter in range($limit)
for | @i:counter in range($n)
for | @i:counter in range($n)
for | @i:counter in range($small, $limit)
for | @i:counter in range(1, $limit)
for | @i:counter in range($small, $n, $pos)
for | @i:counter in range($n, $small, -1)
for | @i:counter in range($n, $small, -$pos)
for | @i:counter in range($limit - 1, -1, -1)
for | @i:counter in range($index % 9, $n)
for | @i:counter in range($small, $small)
for | @i:counter in range($index % 12, $index % 12, $step)
for | @i:counter in range(-2 ** 62, 2 ** 64, 2 ** 62 + $count)
for | @i:counter in $range
for | @x:int in $ints
for | @x:int in $ints
for | @x:float in $floats
for | @x:float in $floats
for | @x:num in $nums
for | @x:num in $nums
for | @x:any in $mixed
for | @x:any in $mixed
for | @x:bool in $bools
for | @x:nums in $rows
for | @x:any in $dict
for | @k:any, @x:num in $dict.items()
for | @x:str in 'abcde'
for | @x:float in $farr | numpy
for | @x:float in $farr | numpy
for | @x:float in $sarr | numpy
for | @x:int in $iarr | numpy
for | @x:bool in $barr | numpy
for | @x:farr in $fmat | numpy
for | @i:counter in range(len($fmat)) | numpy
for | @i:counter in range($farr.size) | numpy
for | @i:counter, @x:int in enumerate($ints)
for | @i:counter, @x:float in enumerate($floats)
for | @i:counter, @x:any in enumerate($mixed, $small)
for | @i:counter, @x:float in enumerate($farr) | numpy
for | @x:float, @y:int in zip($floats, $ints)
for | @x:num, @y:num in zip($nums, range($n))
for | @x:float, @y:float in zip($farr, $floats) | numpy
for | @i:counter, (@x:num, @y:int) in enumerate(zip($nums, $ints))
for | @x:int in reversed($ints)
for | @x:float in sorted($floats)
for | @x:num in ($num, $num, $float)
for | @x:any in [$num, $float, $int, $any]
for | @x:int in ($name * 2 for $name in $ints) | genexp
for | @x:float in [$name / 2 for $name in $ints] | comp
for | @x:any in map(half, $ints) | functional
for | @x:any in $it
for | $intat in range($n)
for | @i:counter, $numat in enumerate($floats)
for | @x:any in $any
for | @x:num, @y:num in [($num, $num), ($float, $int), ($num, $num)]
for | @x:int in $ints[:]
for | @x:float in $floats[::-1]
for | @x:int in $ints[1:]
fail | 1 // 0
fail | $int // ($index - $index)
fail | $float / 0
fail | $float % 0.0
fail | $ints[99]
fail | $ints[-99]
fail | $floats['a']
fail | $ints[1.5]
fail | None + 1
fail | 'a' * 1.5
fail | 1 < 'b'
fail | undefined
fail | check(99)
fail | check($index + 99)
fail | add($num, None)
fail | int('x')
fail | half(None)
fail | [][0]
fail | {}[$int]
fail | [1 // $name for $name in range(2)] | comp
fail | (lambda $name: $name / 0)($num) | lambda
fail | len($num)
fail | $num()
fail | $num[0]
fail | 1 << -$index - 1
fail | 2.0 ** 10000
fail | int(1e999)
fail | int(1e999 - 1e999)
fail | float(10 ** 400)
fail | add(1)
fail | scale($num, $num, $num)
fail | pick($list, 99)
fail | math.sqrt(-1) | math
fail | math.log(0) | math
fail | math.exp(1000) | math
fail | $farr[99] | numpy
fail | $fmat[0, 99] | numpy
fail | $fmat[99][0] | numpy
caught | ZeroDivisionError
caught | (ZeroDivisionError, OverflowError)
caught | IndexError
caught | TypeError
caught | ArithmeticError
caught | (ValueError, TypeError)
caught | LookupError
caught | NameError
caught | Exception
caught | Exception
caught | Exception
"""
