"""What expressions a random program is made of: one line each, `type | expression [| feature]`.

`$int` is a hole for an expression of that type; `$any`, `$num`, `$iter`, `$seq` and `$key` stand for several types,
`$small` for a small integer, `$spec` for a format specification, `$name` for a name that the expression binds
(the same one in all of its `$name`s), `$item` for an expression in which it is bound as well.
"""

UNIONS = {
    "any": "int float bool str none list ints strs tuple dict set range",
    "num": "int int float bool",
    "iter": "list ints strs tuple str dict set range gen",
    "seq": "list ints strs tuple str range",
    "key": "int str float bool none keytuple",
    "sized": "list ints strs tuple str dict set range",
}

LITERALS = {
    "int": """0 1 -1 2 3 5 7 -7 10 12 -3 16 31 97 100 255 256 257 1000 -5 -6 1_000_000 0xff 0b1011 0o17
        2147483647 2147483648 -2147483648 4294967296 9007199254740991 9007199254740993 9223372036854775807
        9223372036854775808 -9223372036854775808 -9223372036854775809 18446744073709551615 18446744073709551616
        -18446744073709551617 1000000000000000000000 10**30 -10**25 2305843009213693951 123456789012345678901234567890
        (1<<100) True""",
    "float": """0.0 -0.0 0.5 1.0 -1.0 1.5 2.5 3.5 -2.5 0.1 0.2 0.3 3.14159 2.675 1e16 1e15 123456789.123456789 1e17 1e-4
        1e-5 0.00012345 1e22 1e23 1e100 1e300 1e308 1.7976931348623157e308 5e-324 2.2250738585072014e-308 -1e-7 100.0
        9007199254740992.0 9.007199254740993e15 1e999 -1e999 (1e999-1e999) 4.35 0.125 1234.5 99999.5 0.05 1e21 7.0""",
    "bool": "True False True False",
    "none": "None",
    "small": "0 1 2 3 -1 -2 4 5 -3",
    "count": "0 1 2 3 4 5",
}

STRINGS = [
    "", "a", "b", "abc", "ABC", "Hello, World", "  pad  ", "hello world", "é", "ß", "ΑΣ", "straße", "日本", "🎉x", "a\tb",
    "line\nbreak", "it's", 'say "hi"', "both ' and \"", "\\", "\x00", "\x7f", "123", "-5", "3.5", "١٢", "a,b,,c", "ñandú", "ǆ",
    "ﬁne", "%s and %d", "{} {0}", "0x1F", " 12 ", "1_000", "inf", "nan", "1e5", "\u200b", "\xa0x", "aaa", "abcabc", "x=1;y=2", "İI",
    "tEST case", "ŉ", "A-b_c d", "\r\nq\n", "²", "½", "Ⅷ", "00042", "+7", "--", "one two  three", "\x1b[0m", "ab" * 20,
]  # fmt: skip

EXPRESSIONS = r"""
int | $int + $int
int | $int - $int
int | $int * $int
int | $int // $int
int | $int % $int
int | $int ** $count
int | $int & $int
int | $int | $int
int | $int ^ $int
int | $int << $count
int | $int >> $count
int | -$int
int | +$int
int | ~$int
int | abs($int)
int | int($float)
int | int($str)
int | int($str, $small)
int | int($bool)
int | round($float)
int | round($int, $small)
int | len($sized)
int | $ints[$small]
int | sum($ints)
int | sum($ints, $int)
int | max($ints)
int | min($ints)
int | max($int, $int)
int | min($int, $int, $int)
int | pow($int, $count)
int | pow($int, $count, $int)
int | pow($int, $int, $int)
int | ord($str)
int | ord('$char')
int | hash($key) | hash
int | hash($tuple) | hash
int | $str.count($str)
int | $str.find($str)
int | $str.rfind($str)
int | $str.index($str)
int | $str.find($str, $small, $small)
int | $str.count($str, $small)
int | $list.count($any)
int | $list.index($any)
int | $tuple.index($any)
int | $tuple.count($any)
int | $ints.index($int, $small)
int | $int.bit_length()
int | $int.bit_count()
int | $int if $bool else $int
int | $bool + $bool
int | $int and $int
int | $int or $int
int | divmod($int, $int)[$small]
int | $dict.get($key, $int)
int | $range[$small]
int | len($dict)
int | len($set) | set
int | math.floor($float) | math
int | math.ceil($float) | math
int | math.trunc($float) | math
int | math.gcd($int, $int) | math
int | math.lcm($int, $int) | math
int | math.isqrt($int) | math
int | math.comb($count, $count) | math
int | math.perm($count, $count) | math
int | math.factorial($count) | math
int | math.prod($ints) | math
int | ($name := $int) + $item | walrus
int | (lambda $name: $item)($int) | lambda
int | (lambda $name, y=$int: $item if y else y)($int) | lambda
int | max($ints, key=lambda $name: -$name) | lambda
int | min($strs, key=len, default=$int) | sortkey
int | max($ints, default=$int)
int | sum(1 for $name in $iter if $item) | genexp
int | sum($name * 2 for $name in $ints) | genexp
int | sum([len($name) for $name in $strs]) | comp
int | $float.__floor__() | dunder
float | $float + $float
float | $float - $num
float | $num * $float
float | $num / $num
float | $float // $num
float | $float % $num
float | $float ** $small
float | $num ** $float
float | -$float
float | abs($float)
float | float($str)
float | float($int)
float | round($float, $small)
float | round($float, $count)
float | $int / $int
float | $int * 1.0
float | sum([$float, $float, $float])
float | max($float, $num)
float | min($num, $float)
float | $int ** -$count
float | divmod($float, $num)[$small]
float | float.fromhex($float.hex()) | floatmethods
float | math.sqrt($num) | math
float | math.fabs($num) | math
float | math.copysign($num, $num) | math
float | math.fmod($num, $num) | math
float | math.ldexp($float, $small) | math
float | math.frexp($float)[$small] | math
float | math.modf($float)[$small] | math
float | math.hypot($num, $num) | math
float | math.fsum([$float, $float, $float]) | math
float | math.pow($num, $num) | math
float | math.log2($int) | math
float | math.log10($num) | math
float | math.exp($num) | math
float | math.log($num) | math
float | math.log($num, $num) | math
float | math.nextafter($float, $float) | math
float | math.ulp($float) | math
float | math.remainder($num, $num) | math
float | math.dist($ints, $ints) | math
float | math.degrees($num) | math
float | math.atan2($num, $num) | math
float | math.inf | math
float | math.nan | math
float | math.pi | math
float | $float if $bool else $float
float | $float or $float
bool | $num < $num
bool | $num <= $num
bool | $num > $num
bool | $num >= $num
bool | $any == $any
bool | $any != $any
bool | $str < $str
bool | $list < $list
bool | $tuple >= $tuple
bool | $any < $any
bool | $num < $num < $num
bool | $num <= $num != $num > $num
bool | $any == $any == $any
bool | $any in $iter
bool | $any not in $list
bool | $str in $str
bool | $key in $dict
bool | $num in $range
bool | $any is None
bool | $any is not None
bool | not $any
bool | $bool and $bool
bool | $bool or $bool
bool | $bool & $bool
bool | $bool ^ $bool
bool | bool($any)
bool | $str.startswith($str)
bool | $str.endswith($str)
bool | $str.startswith(($str, $str))
bool | $str.startswith($str, $small)
bool | $str.isdigit()
bool | $str.isalpha()
bool | $str.isupper()
bool | $str.islower()
bool | $str.isspace()
bool | $str.isalnum()
bool | $str.isnumeric()
bool | $str.isdecimal()
bool | $str.isidentifier()
bool | $str.istitle()
bool | $str.isprintable()
bool | $str.isascii()
bool | isinstance($any, int) | isinstance
bool | isinstance($any, (str, float)) | isinstance
bool | isinstance($any, bool) | isinstance
bool | isinstance($any, list) | isinstance
bool | isinstance($any, int | str) | isinstance
bool | type($any) == type($any) | type
bool | type($any) is int | type
bool | callable($any) | isinstance
bool | any($iter) | functional
bool | all($iter) | functional
bool | any($item for $name in $iter) | genexp
bool | all($name for $name in $iter) | genexp
bool | $float.is_integer() | floatmethods
bool | $int.is_integer() | floatmethods
bool | math.isnan($num) | math
bool | math.isinf($num) | math
bool | math.isfinite($num) | math
bool | math.isclose($num, $num) | math
bool | $set <= $set | set
bool | $set < $set | set
bool | $set == $set | set
bool | $set.issubset($iter) | set
bool | $set.isdisjoint($iter) | set
bool | $set.issuperset($iter) | set
bool | $key in $set | set
bool | $dict == $dict
bool | $dict.keys() == $dict.keys()
bool | $dict.keys() <= $set | set
bool | ($name := $any) is not None and bool($item) | walrus
str | $str + $str
str | $str * $small
str | $small * $str
str | str($any)
str | repr($any)
str | $str[$small]
str | $str[$small:$small]
str | $str[::$step]
str | $str[$small:$small:$step]
str | $str[$small:]
str | $str.upper()
str | $str.lower()
str | $str.title()
str | $str.capitalize()
str | $str.swapcase()
str | $str.casefold()
str | $str.strip()
str | $str.lstrip($str)
str | $str.rstrip($str)
str | $str.strip($str)
str | $str.replace($str, $str)
str | $str.replace($str, $str, $small)
str | $str.center($width)
str | $str.center($width, '$char')
str | $str.ljust($width, '$char')
str | $str.rjust($width)
str | $str.zfill($width)
str | $str.expandtabs($count)
str | $str.removeprefix($str)
str | $str.removesuffix($str)
str | $str.join($strs)
str | $str.join($iter)
str | $str.join(str($name) for $name in $iter) | genexp
str | $str.join([repr($name) for $name in $iter]) | comp
str | $str.split($str)[$small]
str | $str.partition($str)[$small]
str | $str.translate({97: 'z', 98: None}) | strtables
str | $str.translate(str.maketrans('abc', 'xyz')) | strtables
str | chr($int)
str | chr($int % 1000 + 32)
str | hex($int)
str | oct($int)
str | bin($int)
str | ascii($str)
str | format($any, $specstr)
str | format($num, $specstr)
str | format($str, $specstr)
str | f"{$any}"
str | f"{$any!r}"
str | f"{$str!s:$spec}"
str | f"{$num:$spec}"
str | f"{$int:$spec}"
str | f"{$float:$spec}"
str | f"{$any:$spec}"
str | f"{$any} and {{{$num}}}"
str | f"{$num=}"
str | f"{$any = !r}"
str | f"{$float:{$width}.{$count}}"
str | f"{$str:{'$char'}^{$width}}"
str | "%d|%5d|%-5d|%05d" % ($num, $num, $num, $num) | percent
str | "%s %r" % ($any, $any) | percent
str | "%s" % $any | percent
str | "%$pspec" % $num | percent
str | "%$pspec" % $num | percent
str | "%*d" % ($width, $int) | percent
str | "%.*f" % ($count, $float) | percent
str | "%(a)s-%(b)5.1f" % {'a': $any, 'b': $num} | percent
str | "%c%c" % ($count + 65, '$char') | percent
str | "%x %X %o %#x" % ($int, $int, $int, $int) | percent
str | "%e %g %G %f" % ($num, $num, $num, $num) | percent
str | "%5.2s|%-8s|%%" % ($str, $str) | percent
str | $str % ($any, $any) | percent
str | "{} {}".format($any, $any) | format
str | "{0} {1} {0}".format($any, $any) | format
str | "{a} {b!r:>12}".format(a=$any, b=$any) | format
str | "{:$spec}".format($num) | format
str | "{:{}}".format($num, $specstr) | format
str | "{0[1]} {1[a]}".format($seq, {'a': $any}) | format
str | "{:>{w}}|{:^{w}}".format($str, $num, w=$width) | format
str | $str.format($any, $any) | format
str | $strs[$small]
str | type($any).__name__ | type
str | max($strs)
str | min($str, $str)
str | $str if $bool else $str
str | $str or $str
str | sorted($strs)[$small]
str | (lambda *a, **k: f"{a}{k}")($any, x=$any) | starargs
str | (lambda $name: $name * 2)($str) | lambda
str | $str.encode().hex() | bytes
str | str($type) | type
str | repr($type) | type
none | print($any)
none | print($any, $any, sep=$str)
none | print($any, end=$str)
none | $list.append($any)
none | $ints.sort()
none | $list.reverse()
none | $dict.get($key)
none | $set.add($key) | set
ints | [$int, $int, $int]
ints | [$int, $int]
ints | [$int] * $count
ints | list($range)
ints | $ints + $ints
ints | $ints * $small
ints | $ints[$small:$small]
ints | $ints[::$step]
ints | $ints[$small:$small:$step]
ints | sorted($ints)
ints | sorted($ints, reverse=$bool) | sortkey
ints | sorted($ints, key=abs) | sortkey
ints | sorted($ints, key=lambda $name: $name % 3) | lambda
ints | sorted($ints, key=lambda $name: ($name % 2, -$name), reverse=True) | lambda
ints | list(reversed($ints))
ints | [$name + $int for $name in $ints] | comp
ints | [$item for $name in $range] | comp
ints | [$name * y for $name in $range for y in $range] | comp
ints | [$name for $name in $ints if $name > $int] | comp
ints | [$name for row in [$ints, $ints] for $name in row if $name] | comp
ints | list(map(abs, $ints)) | functional
ints | list(map(lambda $name, y: $name - y, $ints, $ints)) | lambda functional
ints | list(filter(None, $ints)) | functional
ints | list(filter(lambda $name: $name % 2, $ints)) | lambda functional
ints | [*$ints, $int, *$range] | starunpack
ints | list($str.encode()) | bytes
ints | [ord(c) for c in $str] | comp
ints | [len(p) for p in $str.split()] | comp
ints | [$name := $int, $item] | walrus
ints | [f($int) for f in [lambda x: x + i for i in range(3)]] | comp lambda closure
ints | $ints.copy()
strs | $str.split()
strs | $str.split($str)
strs | $str.split(None, $small)
strs | $str.split($str, $small)
strs | $str.rsplit($str, $small)
strs | $str.rsplit()
strs | $str.splitlines()
strs | $str.splitlines(True)
strs | list($str)
strs | [$str, $str, $str]
strs | sorted($strs)
strs | sorted($strs, key=len) | sortkey
strs | sorted($strs, key=str.lower, reverse=True) | sortkey
strs | sorted($str)
strs | $strs[$small:]
strs | $strs * $count
strs | [$name.upper() for $name in $strs] | comp
strs | [str($name) for $name in $iter] | comp
strs | list(map(str, $iter)) | functional
strs | list(map(repr, $iter)) | functional
strs | sorted(set($strs)) | set
strs | [f"{$name:>{$count}}" for $name in $strs] | comp
list | [$any, $any, $any]
list | [$any]
list | []
list | [$list, $list]
list | $list + $list
list | $list * $small
list | list($iter)
list | $list[$small:$small]
list | $list[::$step]
list | sorted($iter)
list | sorted($list, key=str) | sortkey
list | sorted($list, key=repr, reverse=True) | sortkey
list | list(enumerate($iter))
list | list(enumerate($iter, $int))
list | list(zip($iter, $iter))
list | list(zip($iter, $iter, $iter))
list | list(zip($iter, $iter, strict=True))
list | list(zip(*[$iter, $iter])) | starunpack
list | list(reversed($seq))
list | list($dict.items())
list | list($dict.keys())
list | list($dict.values())
list | sorted($dict.items())
list | [$item for $name in $iter] | comp
list | [$item for $name in $iter if $item] | comp
list | [($name, y) for $name in $iter for y in $iter] | comp
list | [[$item for $name in $range] for y in $range] | comp
list | [$name for $name, *y in [$tuple, $list]] | comp starunpack
list | list(map(lambda $name: $item, $iter)) | functional lambda
list | list(filter(lambda $name: $item, $iter)) | functional lambda
list | [*$iter, *$iter] | starunpack
list | list($item for $name in $iter) | genexp
list | list($gen) | genexp
list | $list or $list
list | [None] * $count
list | [[]] * $count
list | $list.copy()
list | [type($any), $type] | type
tuple | ($any, $any)
tuple | ($any,)
tuple | ()
tuple | ($int, $str, $any)
tuple | tuple($iter)
tuple | $tuple + $tuple
tuple | $tuple * $small
tuple | $tuple[$small:$small]
tuple | $tuple[::$step]
tuple | divmod($num, $num)
tuple | $str.partition($str)
tuple | $str.rpartition($str)
tuple | (*$iter, $any) | starunpack
tuple | tuple($item for $name in $iter) | genexp
tuple | math.frexp($float) | math
tuple | $float.as_integer_ratio() | floatmethods
tuple | $int.as_integer_ratio() | floatmethods
tuple | (lambda *a: a)($any, *$iter) | starargs
tuple | (lambda a, *, b=$any: (a, b))($any, b=$any) | starargs
keytuple | ($int, $str)
keytuple | ()
keytuple | ($key,)
keytuple | ($key, $key)
dict | {}
dict | {$key: $any, $key: $any}
dict | {$str: $int, $str: $int, $str: $int}
dict | {1: $any, 1.0: $any, True: $any}
dict | dict($dict)
dict | dict([($key, $any), ($key, $any)])
dict | dict(zip($iter, $iter))
dict | dict(a=$any, b=$any)
dict | dict($dict, a=$any)
dict | $dict | $dict
dict | {**$dict, $key: $any} | starunpack
dict | {**$dict, **$dict} | starunpack
dict | {$name: $item for $name in $iter} | comp
dict | {$name: y for $name, y in $dict.items()} | comp
dict | {y: $name for $name, y in $dict.items()} | comp
dict | {$name: len($name) for $name in $strs if $name} | comp
dict | dict.fromkeys($iter) | dictmethods
dict | dict.fromkeys($iter, $any) | dictmethods
dict | $dict.copy()
dict | (lambda **k: k)(a=$any, **$dict) | starargs
set | {$key, $key, $key} | set
set | {$int, $int, $int, $int} | set
set | {$str, $str, $str} | set
set | set($iter) | set
set | set() | set
set | $set | $set | set
set | $set & $set | set
set | $set - $set | set
set | $set ^ $set | set
set | $set.union($iter) | set
set | $set.intersection($iter) | set
set | $set.difference($iter) | set
set | $set.symmetric_difference($iter) | set
set | {$item for $name in $iter} | set comp
set | {$name % 7 for $name in $range} | set comp
set | $set.copy() | set
set | {*$iter, $key} | set starunpack
set | $dict.keys() & $dict.keys() | set
set | $dict.keys() - $iter | set
set | $dict.keys() | $iter | set
range | range($count)
range | range($small, $count)
range | range($small, $small, $step)
range | range($width, $small, -$count)
range | $range[$small:$small]
range | $range[::$step]
range | range($count)[::-1]
gen | ($item for $name in $iter) | genexp
gen | ($name for $name in $iter if $item) | genexp
gen | map(str, $iter) | functional
gen | filter(None, $iter) | functional
gen | zip($iter, $iter)
gen | enumerate($iter)
gen | reversed($seq)
gen | iter($iter)
gen | $dict.items()
gen | $dict.values()
gen | (($name, y) for $name in $iter for y in $iter) | genexp
type | int | type
type | str | type
type | float | type
type | list | type
type | dict | type
type | type($any) | type
type | type(None) | type
type | type | type
type | ValueError | try
type | Exception | try
any | next($gen) | next
any | next($gen, $any) | next
any | next(iter($iter), $any) | next
any | $list[$small]
any | $tuple[$small]
any | $dict[$key]
any | $dict.get($key, $any)
any | $dict.setdefault($key, $any)
any | $dict.pop($key, $any)
any | $dict.pop($key)
any | $dict.popitem()
any | $list.pop()
any | $list.pop($small)
any | $any or $any
any | $any and $any
any | $any if $any else $any
any | max($iter)
any | min($any, $any)
any | max($iter, key=repr) | sortkey
any | min($iter, key=lambda $name: $item, default=$any) | lambda
any | sum($iter, $any)
any | ($name := $any) | walrus
any | (lambda: $any)() | lambda
any | (lambda $name=$any: $item)() | lambda
any | $any + $any
any | $any * $any
any | $any[$any]
any | $any[$small:]
any | $any % $num
any | -$any
any | $any < $any
any | $any()
any | $any.append
any | $any.upper()
any | len($any)
any | $set.pop() | set
any | $str.format
any | slice($small, $small, $small) | slice
any | $seq[slice($small, $small)] | slice
any | $type($any) | type
any | hash($any) | hash
any | int($any)
any | float($any)
any | list($any)
any | tuple($any)
any | str($any)
any | sorted($any)
any | abs($any)
any | round($any)
any | round($any, $any)
any | divmod($any, $any)
any | range($any)
any | enumerate($any)
any | isinstance($any, $any) | isinstance
any | iter($any)
any | math.sqrt($any) | math
"""

ARRAYS = r"""
arr | np.array($ints)
arr | np.array([$float, $float, $float])
arr | np.array([[$small, 2, 3], [4, $small, 6]])
arr | np.array([$bool, $bool, $bool])
arr | np.array([$float, 1, 2], dtype=np.float32)
arr | np.arange($width)
arr | np.arange($small, $width, $step)
arr | np.arange(6).reshape(2, 3)
arr | np.arange(6.0).reshape(3, 2)
arr | np.zeros($count)
arr | np.ones(($count, 2))
arr | np.full(3, $num)
arr | np.linspace($small, $width, $count)
arr | np.eye($count)
arr | $arr + $arr
arr | $arr - $num
arr | $num * $arr
arr | $arr * $arr
arr | $arr / $small
arr | $arr // $small
arr | $arr % $small
arr | $arr ** $count
arr | -$arr
arr | abs($arr)
arr | $arr < $arr
arr | $arr == $small
arr | $arr[$small]
arr | $arr[$small:$small]
arr | $arr[::$step]
arr | $arr[..., $small]
arr | $arr[:, $small]
arr | $arr[$arr > $small]
arr | $arr[[0, $small]]
arr | $arr.T
arr | $arr.reshape(-1)
arr | $arr.reshape($small, $small)
arr | $arr.astype(np.int64)
arr | $arr.astype(float)
arr | $arr.copy()
arr | np.sqrt($arr)
arr | np.abs($arr)
arr | np.maximum($arr, $small)
arr | np.minimum($arr, $arr)
arr | np.where($arr > $small, $arr, $num)
arr | np.concatenate([$arr, $arr])
arr | $arr.max()
arr | $arr.min(axis=0)
arr | np.argmax($arr)
arr | $arr & $arr
arr | ~($arr > $small)
arr | np.any($arr)
arr | np.all($arr, axis=0)
arr | np.sum($arr > $small)
arr | np.sum($arr.astype(np.int64))
arr | np.float32($num)
arr | np.int64($small)
arr | np.float64($num)
int | $arr.ndim
int | $arr.size
int | len($arr)
tuple | $arr.shape
str | str($arr.dtype)
str | repr($arr)
str | str($arr)
list | $arr.tolist()
"""


def table(text):
    """{type: [(expression, features)]}"""
    rows = {}
    for line in text.strip().splitlines():
        kind, _, rest = line.partition(" | ")
        # The last column is features where it looks like them; an expression may hold `|` itself.
        expression, bar, features = rest.rpartition(" | ")
        if not bar or not all(word.isalpha() and word.islower() for word in features.split()):
            expression, features = rest, ""
        rows.setdefault(kind.strip(), []).append((expression, frozenset(features.split())))
    return rows
