"""What statements the loops of a random program are made of, in the notation of `snippets.py`; a number is how often it counts.

`@a` without a kind is any number of the loop; `@i:counter` is what a `for` counts by, `@n:fuel` what ends a `while`, and
`@u:new` a name that nothing else binds. Lists that may be the walked one grow to a bounded length only.
"""

# Statements of a loop's body.
STATEMENTS = r"""
# core 6
@a:int = $int
---
# core 6
@a:float = $float
---
# core 3
@a:num = $num
---
# core 2
@p:bool = $bool
---
# core 2
@a:any = $any
---
# core 5
@a:int += $int
---
# core 5
@a:float += $float
---
# core 4
@a:num += $num
---
# core 2
@a:float += $num
---
# core 2
@a:int -= $int
---
# core 2
@a:float -= $num
---
# core 2
@a:int *= $lit
---
# core 2
@a:float *= $num
---
# core
@a:float /= $num
---
# core
@a:int //= $int
---
# core
@a:int %= $pos
---
# core
@a:float //= $num
---
# core
@a:float %= $num
---
# core
@a:num //= $lit
---
# core
@a:num -= $bool
---
# core
@a:int &= $mask
---
# core
@a:int |= $int
---
# core
@a:int ^= $int
---
# core
@a:int <<= $count
---
# core
@a:int >>= $shift
---
# core 3
@a:int = $int * $int
if not -$bound < @a < $bound: @a = $small
---
# core 2
@a:int *= $int
if @a > $bound or @a < -$bound: @a %= $pos
---
# core
@a:int **= $count
if abs(@a) > $bound: @a = $small
---
# core
@a:int = (@a * 6364136223846793005 + 1442695040888963407) & $mask
---
# core
@a:num *= $num
if not -1e30 < @a < 1e30: @a = $small
---
# core 2
@a:int, @b:int = @b, @a
---
# core 2
@a:int, @b:int = @b, @a + @b
---
# core 2
@a:float, @b:float = @b, @a + @b
---
# core 2
@a:num, @b:num = $num, $num
---
# core
@a:int, @b:int = divmod($int, $int)
---
# core
@a:ints, @b:ints = @b, @a
---
# core
@a, @b = @b, @a
---
# core
@a:num = @b:num = $num
---
# core 2
$intat = $int
---
# core 2
$floatat = $float
---
# core 2
$numat = $num
---
# core
$anyat = $any
---
# core
$boolat = $bool
---
# core
$intat += $int
---
# core
$floatat += $num
---
# core
$floatat *= $num
---
# core
$numat -= $num
---
# core
$rowat = $nums
---
# core
$rowat[$bit] = $num
---
# core
$rowat[$bit] += $num
---
# core
@a:ints, @i:int = $ints, $bit
@a[@i], @a[-1 - @i] = @a[-1 - @i], @a[@i]
---
# core
$numat, $numat = $numat, $numat
---
# numpy 2
$fat = $num
---
# numpy
$fat = $float
---
# numpy
$sat = $float
---
# numpy 2
$iat = $int
---
# numpy
$bat = $bool
---
# numpy 2
$matat = $float
---
# numpy
$imatat = $int
---
# numpy
$fat += $num
---
# numpy
$iat += $small
---
# numpy
$matat *= $num
---
# numpy
@a:farr = $farr * $num
---
# numpy
@a:farr += $small
---
# numpy
@a:float = $fmat[$bit] @ $fmat[$bit] if $rare else $float
---
# core
@a:list = $list
if len(@a) < 40:
    @a.append($num)
---
# core
@a:ints = $ints
if len(@a) < 30 and $rare: @a.append($int)
---
# core
if $rare: $list.pop()
---
# core
if $rare: $list.pop(0)
---
# core
if $list: $list.pop()
---
# core
@a:list = $list
if len(@a) < 40: @a.insert($bit, $num)
---
# del
if $rare: del $intat
---
# core
if $rare: $list.reverse()
---
# core
if $rare: $list.clear()
---
# core
if $rare: $list[$bit] = $any
---
# core
if $rare: $list[-3:] = [$num, $num]
---
# core
@a:ints = (@a + [$int])[-12:]
---
# core
if $rare:
    @a:list = $list
---
# core
$dict[$int % 5] = $num
---
# core
@d:dict = $dict
@d[$int % 4] = @d.get($int % 4, 0) + $num
---
# core 4
if $rare:
    @a = $any
---
# core 2
if $rare: @a = $float
---
# core
if $rare: @a = $big
---
# core
if $rare: @a = None
---
# core 2
if $rare:
    @u:new = $num
@a:num = @u
---
# core
if $rare:
    @u:new = $num
if $index > 9:
    @a:num = @u
---
# core
try:
    @a:num = @u:new
except NameError as error:
    print(error)
@u = $num
---
# del
if $rare:
    del @a
---
# del
@u:new = $num
@a:num += @u
del @u
---
# core 2
if $rare:
    $counter = $int
---
# core
$counter += $bit
---
# core
$counter *= $num
---
# core 3
if $rare: print($any, $index)
---
# core
print($num) if $rare else None
---
# core
if $rare: continue
---
# core
if $rare: break
---
# core 2
if $cond:
    $block
---
# core 3
if $bool:
    $block
else:
    $block
---
# core 2
if $bool:
    $block
elif $bool:
    $block
else:
    $block
---
# core 2
if $rare:
    $block
---
# core
if $num > $num:
    @a:num = $num
elif $any is None:
    @a = $float
elif $num < $num:
    @a = $int
else:
    @a = 0
---
# core
if $any is None:
    @a:any = $num
else:
    $block
---
# isinstance
@x:any = $any
if isinstance(@x, str):
    @a:num = len(@x)
elif @x is None:
    continue
else:
    @a = @x
---
# try 3
try:
    $block
except $caught as error:
    print(type(error).__name__, error)
---
# try 2
try:
    @a:num = $num
except $caught:
    @a = $num
---
# try
try:
    @a:int += $intat
except IndexError:
    @a = $int
    $block
---
# try
try:
    $block
finally:
    @a:num = $num
---
# try
try:
    $block
except $caught:
    $block
else:
    $block
finally:
    @a:int += 1
---
# try
try:
    if $rare: continue
    $block
finally:
    @a:int += $int
---
# try
try:
    if $rare: break
    $block
except $caught:
    if $rare: break
    continue
---
# try 2
try:
    @a:num = $num
    if $rare: @b:num = $fail
except Exception as error:
    @a = $num
    print(type(error).__name__, error, @a)
---
# try
if $rare: raise ValueError($num)
---
# assert
assert $stay, $num
---
# core 2
if $rare: @a:num = $fail
---
# core
@a:int = add($int,
    check($int))
---
# core
note($num)
---
# core 3
$touch($num)
---
# core 2
@a:num = $touch($num)
---
# core
@a:num = $num + $touch($num) + $num
---
# lambda closure
if $rare:
    @f:fn = lambda v=$num: v + $num
    print(@f())
---
# closure
def @f(x):
    return x + $num
@a:num = @f($num)
---
# closure lambda
if len($fns) < 5:
    $fns.append(lambda: $num)
---
# comp
@a:ints = [v for v in $ints if $rare][:20] or [$int]
---
# walrus
if (@a:int := $int) > $int:
    @b:num = @a
---
# walrus
@a:num = $num + (@b:num := $num)
---
# next
@a:any = next($it, $num)
---
# core
@a:int = 0
@a += $int
@b:float = 0.0
@b += $float * @a
---
# core
pass
"""

# Loops with a body of their own choice (`$loop`), and ones of which every loop compiler has heard.
LOOPS = r"""
# core 2
@n:fuel = 0
while @n < $n:
    @n += 1
    $loop
---
# core 3
@n:fuel = 0
while @n < $n and $stay:
    @n += 1
    $loop
---
# core 2
@n:fuel = 0
while $stay and @n < $n and $stay:
    $loop
    @n += 1
---
# core
@n:fuel = $n
while @n:
    @n -= 1
    $loop
---
# core
@n:fuel = $n
while @n > 0 or $rare:
    @n -= 1
    if @n < -9: break
    $loop
else:
    $block
---
# core 2
@n:fuel = 0
while True:
    @n += 1
    if @n > $n: break
    $loop
---
# core
@n:fuel = 0
while not (@n >= $n or $rare):
    @n += $pos
    $loop
---
# walrus
@n:fuel = 0
while (@n := @n + 1) < $n:
    $loop
---
# core
@n:fuel = 0
while @n < $n and $ints:
    @n += 1
    @a:int = $ints.pop()
    $loop
---
# core 2
@l:ints = $ints
for @x:int in @l:
    if len(@l) < 30:
        @l.append(@x + $int)
    $loop
---
# core
@l:list = $list
for @x:any in @l:
    if $rare: @l.pop()
    $loop
---
# core
@l:nums = $nums
for @i:counter, @x:num in enumerate(@l):
    @l[@i] = $num
    @l[-1] = $num
---
# core 2
@l:list = $list
for @i:counter in range(len(@l)):
    @x:num = @l[@i]
    $loop
---
# core 2
@s:it = iter($list)
for @x:any in @s:
    $loop
    if $rare: break
for @y:any in @s:
    $loop
---
# next
@s:it = iter($ints)
for @x:any in @s:
    @y:any = next(@s)
    $loop
---
# next
@s:it = iter($list)
for @x:any, @y:any in zip(@s, @s):
    $loop
---
# core
@s:it = enumerate($nums)
for @i:counter, @x:num in @s:
    for @j:counter, @y:num in @s:
        if $rare: break
        @a:num = @x + @y
---
# core 2
for @i:counter in range($n):
    if @i == $count:
        for @j:counter in range($n):
            @a:int += @i * @j
            if $rare: break
        else:
            @a = $int
    $loop
---
# core
for @i:counter in range($n):
    for @j:counter in range(@i):
        $loop
---
# core
for @i:counter in range($n):
    for @j:counter in range(@i, -1, -1):
        if @j * @i == $lit: break
        @a:int += @j
    else:
        continue
    $loop
---
# core
for @x:nums in $rows:
    for @y:num in @x:
        @a:num += @y
        $loop
---
# core
for @i:counter in range(len($rows)):
    for @j:counter in range(2):
        $rows[@i][@j] = $num
        $loop
---
# core 3
@b:int = $edge
for @i:counter in range(@b, @b + $n, $pos):
    $loop
---
# core 2
@b:int = $edge
for @i:counter in range(@b, @b - $n, -$pos):
    $loop
---
# core
@i:int = 0
@a:ints = $ints
for @i, @a[@i] in enumerate(range(7)):
    $loop
---
# core
@a:int, @b:int = $int, $int
@n:fuel = 0
while @b and @n < 200:
    @n += 1
    @a, @b = @b, @a % @b
---
# core
@a:int = abs($int) + 1
@n:fuel = 0
while @a != 1 and @n < 300:
    @a = @a // 2 if @a % 2 == 0 else 3 * @a + 1
    @n += 1
---
# core
@a:num, @b:num = $num, $num
for @i:counter in range($n):
    @a, @b = @b, @a + @b
    if $rare: @a = $num
---
# core
@x:float = $float
for @i:counter in range($n):
    @x = (@x + $num / @x) / 2
---
# core
@a:int = $int
for @i:counter in range($n):
    @a = (@a * 1103515245 + 12345) % 2 ** 31
    $intat ^= @a >> 16 & 7
---
# core
@a:int = 1
for @i:counter in range(1, $n):
    @a *= @i
    if @a > $bound:
        @a //= $pos
        $loop
---
# core
@l:list = $list
for @i:counter in range(len(@l)):
    for @j:counter in range(len(@l) - 1 - @i):
        if @l[@j] > @l[@j + 1]:
            @l[@j], @l[@j + 1] = @l[@j + 1], @l[@j]
---
# core
@l:ints = [1] * 40
for @i:counter in range(2, 40):
    if @l[@i]:
        for @j:counter in range(@i * 2, 40, @i):
            @l[@j] = 0
---
# core
@a:num, @b:int = $num, -1
for @i:counter, @x:num in enumerate($nums):
    if @x > @a:
        @a, @b = @x, @i
---
# core
@l:list = $list
@i:int, @j:int = 0, len(@l) - 1
while @i < @j:
    @l[@i], @l[@j] = @l[@j], @l[@i]
    @i += 1
    @j -= 1
---
# core 2
@l:floats, @m:floats = $floats, $floats
for @i:counter in range($limit):
    @l[@i] = $float * @m[@i] + @l[@i]
---
# core 2
@l:floats = $floats
for @i:counter in range(1, $limit):
    @l[@i] = @l[@i - 1] + $num
---
# core
@l:ints, @m:ints = $ints, $ints
for @i:counter in range($limit):
    @l[@m[@i] % len(@l)] += 1
---
# core 2
@a:float = 0.0
for @x:float, @y:float in zip($floats, $floats):
    @a += @x * @y
---
# core
@a:num = 0
for @x:num in $nums:
    @a = @a * $small + @x
---
# core
@a:float = 0
for @i:counter in range(len($floats)):
    if $floatat > $num:
        @a += $floatat
    elif $floatat != 0:
        @a -= 1 / $floatat
---
# core
@l:nums = [0] * 9
for @i:counter in range(9):
    @l[@i] = $num if @i < $count else $float
---
# core
@l:nums = []
for @i:counter in range($n):
    @l.append($num)
    if len(@l) > $count: @l.pop(0)
---
# core
@s:str = ''
for @i:counter in range($n):
    @s += $str
    if len(@s) > 60: @s = @s[-7:]
---
# numpy 3
@l:farr, @m:farr = $farr, $farr
for @i:counter in range($limit):
    @l[@i] = @m[@i] * $num + @l[@i]
---
# numpy 2
@l:farr, @m:farr = $farr, $farr
for @i:counter in range(1, $limit):
    @l[@i] = @m[@i - 1] + $float
---
# numpy 2
@l:farr, @m:farr = $farr, $farr
for @i:counter in range($limit - 1):
    @l[@i] = @m[@i + 1] - @m[@i]
---
# numpy 2
@l:farr = $farr
for @i:counter in range(2, $limit):
    @l[@i] = 0.5 * (@l[@i - 1] + @l[@i - 2])
---
# numpy
@l:farr, @m:iarr = $farr, $iarr
for @i:counter in range($limit):
    @l[@m[@i]] += $num
---
# numpy 2
@a:float = 0.0
@l:farr, @m:farr = $farr, $farr
for @i:counter in range($limit):
    @a += @l[@i] * @m[@i]
---
# numpy
@l:farr = $farr
for @i:counter in range(len(@l)):
    @l[@i] = @l[-1 - @i]
---
# numpy
@l:farr, @m:barr = $farr, $barr
for @i:counter in range($limit):
    @m[@i] = @l[@i] > $num
    if @m[@i]: @l[@i] = -@l[@i]
---
# numpy
@l:iarr = $iarr
for @i:counter in range($limit):
    @l[@i] = @l[@i] * $lit + $int
---
# numpy
@l:iarr, @a:int = $iarr, 0
for @x:int in @l:
    @a += @x
    if $rare: @l[$bit] = $int
---
# numpy
@l:sarr, @x:float = $sarr, $float
for @i:counter in range($limit):
    @x = @x * 0.5 + @l[@i]
    @l[@i] = @x
---
# numpy 2
@l:fmat = $fmat
for @i:counter in range(len(@l)):
    for @j:counter in range(@l.shape[1]):
        @l[@i, @j] = @l[@i][@j] * $num + $num
        $loop
---
# numpy
@l:fmat, @m:fmat = $fmat, $fmat
for @i:counter in range(2):
    for @j:counter in range(2):
        @a:float = 0.0
        for @k:counter in range(2):
            @a += @l[@i, @k] * @m[@k, @j]
        @m[@i][@j] = @a
---
# numpy
for @r:farr in $fmat:
    @r[0] = @r[-1] + $num
    for @x:float in @r:
        @a:float += @x
---
# numpy
@l:imat = $imat
for @i:counter in range(len(@l)):
    @l[@i, -1], @l[@i, 0] = @l[@i, 0], $int
---
# core 2
def @f(x, y=$num):
    a = 0
    for i in range(x if type(x) is int and x < 70 else 9):
        a = a + y
        if i == $count + 3: y = $num
    return a, y
print(@f($n), @f($n, $num), @f($n, $float), @f($num))
---
# core
def @f(x):
    a = 0
    for v in x:
        a = a + v
    return a
for @x:any in ($ints, $floats, $nums, $ints, ($num, $num)):
    print(@f(@x))
---
# core
def @f(n, x):
    for i in range(n):
        x = x + @f(n - 1 - i, $num)
    return x
print(@f(4, $num), @f(3, $num))
---
# closure
def @f():
    s = $num
    def inner(x):
        nonlocal s
        s += x
        return s
    for i in range($n):
        inner($num)
        if i == $count: s = $any
    return s
print(@f())
---
# closure lambda
@l:fns = []
for @i:counter in range(9):
    @l.append(lambda: @i)
    $loop
for @f:fn in @l:
    print(@f(), end=' ')
---
# try control
def @f(n):
    $control
    return n
for @i:counter in range(7):
    try:
        print(@f(@i))
    except Exception as error:
        print(repr(error))
---
# try control
def @f(n):
    for i in range(6):
        n += 1
        $control
    return n
for @i:counter in range(3):
    try:
        print(@f(@i))
    except Exception as error:
        print(repr(error))
"""

# Loops of a module's own names that rebind built-in functions, which later loops then have back.
SHADOWS = r"""
# shadow
for @i:counter in range(9):
    @a:num = len($list) + @i
    if @i == $count: len = half
del len
---
# shadow
for @i:counter in range(9):
    for @j:counter in range(4):
        @a:int += @j
    if @i == $count: range = lambda n: [n, $num, @i]
del range
---
# shadow
abs = note
for @x:num in $nums:
    @a:num = abs(@x)
    $loop
del abs
---
# shadow
for @x:float in $floats:
    float = half if @x > $num else int
    @a:num = float(3)
    del float
del float
---
# shadow
def @f(x):
    global max
    if x == $count: max = min
    return x
for @i:counter in range(9):
    @a:num = max(@f(@i), $num, 2)
del max
---
# shadow
for @i:counter in range(12):
    if @i == $count: print = note
    print(@i)
    if @i == 7: del print
del print
---
# shadow
@n:fuel = 0
while @n < 9:
    @n += 1
    if @n == $count + 2: min = lambda *a: a[-1]
    @a:num = min($num, $num)
del min
"""

# What every program begins with: functions that loops call, pure ones and ones with effects, and how results are shown.
PREAMBLE = """
def start(number):
    global notes
    notes = 0
    print('loop', number)
def show(names, *values):
    for name, value in zip(names.split(), values):
        print(name, type(value).__name__, repr(value))
    if notes:
        print('notes', notes)
def add(x, y):
    return x + y
def scale(x, by=2):
    return x * by if type(by) is not int or -99 < by < 99 else x
def clip(x, low=-100, high=100):
    return low if x < low else high if x > high else x
def half(x):
    return x / 2
def even(x):
    return x % 2 == 0
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
def turn(x):
    if x is None:
        return 0
    return x if even(x) else half(x)
def first(x, default=None):
    return x if x else default
def note(x):
    global notes
    notes += 1
    return x
def check(x):
    if x > 60:
        raise ValueError(x)
    return x
def pick(values, i=0):
    return values[i]
def total(values):
    s = 0
    for v in values:
        s += v
    return s
def early(values, limit):
    for i, v in enumerate(values):
        if v > limit:
            return i
    return -1
"""
