"""What statements a random program is made of. A snippet's first line names the features that it needs.

`$int` and the like are holes for expressions. `@a` is a name, the same one in all of its places; `@a:int` binds it to
a value of that type for what follows. `$block` is a block of statements, `$loop` one in which `break` and `continue`
stand as well, `$body` the block of a function. `@x` names that a function binds are its own.
"""

SNIPPETS = r"""
# core
@a:any = $any
---
# core
@a:int = $int
---
# core
@a:float = $float
---
# core
@a:str = $str
---
# core
@a:ints = $ints
---
# core
@a:list = $list
---
# core
@a:dict = $dict
---
# core
@a:tuple = $tuple
---
# core
@a:strs = $strs
---
# core
@a:bool = $bool
---
# set
@a:set = $set
---
# genexp
@a:gen = $gen
---
# core
@a:any = @b:any = $any
---
# core
@a:list = @b:list = $list
@a.append($any)
print(@a, @b, @a is @b)
---
# core
@a:any, @b:any = $any, $any
---
# core
@a:any, @b:any = $iter
---
# core
(@a:any, @b:any), @c:any = ($any, $any), $any
---
# core
@a:list = [$any, $any, $any]
@a[0], @a[1] = @a[1], @a[0]
print(@a)
---
# core
@i:int = 0
@a:ints = [$int, $int, $int]
@i, @a[@i] = 2, @i
print(@i, @a)
---
# starunpack
@a:any, *@b:list = $iter
print(@b)
---
# starunpack
*@a:list, @b:any = $iter
---
# starunpack
@a:any, *@b:list, @c:any = $iter
---
# starunpack
for @a:any, *@b:list in [$tuple, $ints, $str]:
    print(@a, @b)
---
# core
@a:int += $int
---
# core
@a:float -= $num
---
# core
@a:str += $str
---
# core
@a:any *= $small
---
# core
@a:int //= $int
---
# core
@a:int **= $count
---
# core
@a:int <<= $count
---
# core
@a:int |= $int
---
# core
@a:float /= $num
---
# core
@a:float %= $num
---
# core
@a:list += $iter
---
# core
@a:list = $list
@b:list = @a
@a += [$any]
print(@a, @b)
@a = @a + [$any]
print(@a, @b)
---
# set
@a:set |= $set
---
# set
@a:set -= $set
---
# set
@a:set ^= $set
---
# core
@a:dict |= $dict
---
# core
@a:tuple += $tuple
---
# core
@a:list = $list
@a[$small] = $any
print(@a)
---
# core
@a:list = $list
@a[$small:$small] = $iter
print(@a)
---
# core
@a:ints = list(range($width))
@a[$small:$small:$step] = $iter
print(@a)
---
# core
@a:ints = list(range(8))
@a[::$step] = $ints
print(@a)
---
# core
@a:list = $list
@a[$small] += $any
print(@a)
---
# core
@a:list = $list
@a[$any] = $any
print(@a)
---
# core
@a:dict = $dict
@a[$key] = $any
print(@a)
---
# core
@a:dict = $dict
@a[$key] += $any
print(@a)
---
# core
@a:dict = $dict
@a.update($dict)
@a.update(a=$any)
print(@a, len(@a))
---
# core
@a:dict = $dict
@a[$any] = $any
print(@a)
---
# core
@a:list = $list
@a.append($any)
@a.extend($iter)
@a.insert($small, $any)
print(@a)
---
# core
@a:list = $list
@a.remove($any)
print(@a)
---
# core
@a:list = $list
@a.pop($small)
print(@a)
---
# core
@a:list = $list
@a.sort()
print(@a)
---
# sortkey
@a:list = $list
@a.sort(key=str, reverse=$bool)
print(@a)
---
# sortkey lambda comp
@a:list = [($small, i) for i in range($width)]
@a.sort(key=lambda p: p[0] * p[1] % 3)
print(@a)
@a.sort(key=lambda p: p[0], reverse=True)
print(@a)
---
# comp
@a:list = [(i * 7919 % 5, i) for i in range($width)]
@a.sort()
print(@a)
---
# sortkey lambda
@a:ints = [3, 1, 2]
@a.sort(key=lambda v: (print(v, @a), v)[1])
print(@a)
---
# del
@a:list = $list
del @a[$small]
print(@a)
---
# del
@a:ints = list(range(10))
del @a[$small:$width:$step]
print(@a)
---
# del
@a:list = $list
del @a[$small:]
print(@a)
---
# del
@a:dict = $dict
del @a[$key]
print(@a)
---
# del comp
@a:dict = {i: i * i for i in range(10)}
for @b:int in range(0, 10, 3):
    del @a[@b]
@a[3] = 'again'
print(@a, list(@a), len(@a))
---
# del
@a:any = $any
del @a
print(@a)
---
# del
@a:int = $int
@b:list = [$any, $any]
del @a, @b[0]
print(@b)
---
# core
print($any)
---
# core
print(repr($any))
---
# core
print($any, $any, $any)
---
# core
print($any, $any, sep=$str, end=$str)
---
# core
print(f"{$any!r:>$width}|{$any}|{$num:$spec}")
---
# core
$any
---
# core
if $any:
    $block
---
# core
if $bool:
    $block
else:
    $block
---
# core
if $bool:
    $block
elif $bool:
    $block
else:
    $block
---
# core
if $bool: @a:int = $int
print(@a)
---
# walrus
if (@a:any := $any) and $bool:
    print(@a)
else:
    $block
---
# walrus
print([@a:int := $int, @a + 1], @a)
---
# walrus comp
print([@a:int for v in range(3) if (@a := v * $int)], @a)
---
# walrus
while (@a:int := len($str)) < 0:
    pass
print(@a)
---
# core
for @a:int in range($count):
    $loop
---
# core
for @a:any in $iter:
    $loop
---
# core
for @a:any in $iter:
    $loop
else:
    $block
---
# core
for @a:int, @b:any in enumerate($iter):
    $loop
---
# core
for @a:any, @b:any in $dict.items():
    $loop
---
# core
for @a:any, @b:any in zip($iter, $iter):
    $loop
---
# core
for @a:any in $dict:
    print(@a)
---
# core
for @a:any in $any:
    print(@a)
---
# core
@l:list = [1, 2, 3, 4]
for @a:any in @l:
    if len(@l) < 9:
        @l.append(@a)
    $loop
print(@l)
---
# core
@l:list = [1, 2, 3, 4, 5, 6]
for @a:any in @l:
    @l.remove(@a)
print(@l)
---
# core
@d:dict = $dict
for @a:any in @d:
    @d[$key] = $any
    print(@a)
---
# del
@d:dict = {'p': $any, 'q': $any, 'r': $any}
for @a:any in @d:
    del @d[@a]
---
# del
@d:dict = {'p': $any, 'q': $any, 'r': $any}
for @a:any in list(@d):
    del @d[@a]
print(@d)
---
# set
@s:set = $set
for @a:any in @s:
    @s.add($key)
    print(@a)
    if len(@s) > 9:
        break
---
# set
@s:set = set()
for @a:any in $iter:
    @s.add(@a)
    print(@s)
print(@s)
---
# set comp
@s:set = {i * $int for i in range($width)}
print(@s)
@s.discard($int)
@s.update($ints)
@s.remove($int)
print(@s, len(@s))
---
# set
@s:set = $set
@s.update($iter)
@s.intersection_update($iter)
print(@s)
@s.symmetric_difference_update($set)
print(@s, list(@s), sorted(@s, key=repr))
---
# set
@s:set = set(range($width)) | set($ints)
while len(@s) > 3:
    print(@s.pop(), end=' ')
print(@s)
---
# core
@a:int = 0
while @a < $count:
    @a += 1
    $loop
---
# core
@a:int = 3
while @a:
    @a -= 1
    $loop
else:
    $block
---
# core
while True:
    $block
    break
---
# assert
assert $bool
---
# assert
assert $any, $any
---
# core
pass
---
# core
def @f(x=[]):
    x.append($any)
    return x
print(@f(), @f(), @f([$any]), @f())
---
# core
def @f(x, y=$any, z=$any):
    print(x, y, z)
    $body
@f($any)
@f($any, z=$any)
@f(y=$any, x=$any)
@f($any, $any, $any)
print(@f(z=$any, x=$any))
---
# core
def @f(x, y=$any):
    $body
print(@f($any), @f($any, $any))
@f()
---
# core
def @f(x, y):
    $body
@f($any, $any, $any)
---
# core
def @f(x, y):
    return x
@f($any, z=$any)
---
# core
def @f(x, y):
    return x
@f($any, x=$any)
---
# core
def @f(x, /, y, *, z=$any):
    return (x, y, z)
print(@f($any, $any), @f($any, y=$any), @f($any, $any, z=$any))
@f(x=$any, y=$any)
---
# starargs
def @f(*args):
    $body
    return args
print(@f(), @f($any), @f(*$iter), @f($any, *$iter, $any))
---
# starargs
def @f(**kwargs):
    return kwargs
print(@f(), @f(a=$any, b=$any), @f(**{'x': $any}), @f(c=$any, **{'a': $any}))
@f(**$dict)
---
# starargs
def @f(x, *args, y=$any, **kwargs):
    print(x, args, y, kwargs)
    $body
@f($any)
@f($any, $any, $any, y=$any, w=$any)
@f(*$iter, **{'y': $any})
@f(x=$any, z=$any)
---
# starargs
def @f(x, *, y, z=$any):
    return [x, y, z]
print(@f($any, y=$any))
@f($any, $any)
---
# starargs
def @f(x, *, y, z):
    return [x, y, z]
@f($any)
---
# starargs
def @f(x, **kw):
    return x, kw
print(@f(*[$any], **{'k': $any}))
@f($any, **{'x': $any})
---
# starargs
print(*$iter)
print(*$iter, sep=$str)
print(*$ints, *$strs, **{'sep': '-'})
---
# core
def @f(n):
    if n <= 0:
        $body
        return $any
    print(n)
    return @f(n - 1)
print(@f($count))
---
# core
def @f(n):
    return @f(n + 1) + $int
@f(0)
---
# core
def @f(n):
    if n > 3:
        return $any / 0
    return @f(n + 1)
@f(0)
---
# core
def @f():
    print(@g)
    @g = $any
    return @g
@g:any = $any
@f()
---
# core
def @f():
    global @g
    @g = $any
    $body
@f()
print(@g:any)
---
# core
@g:int = $int
def @f(x):
    global @g
    @g += x
    return @g
print(@f($int), @f($int), @g)
---
# closure
def @f():
    x = $any
    def inner(y=$any):
        $body
        return x, y
    x = $any
    return inner
print(@f()(), @f()($any))
---
# closure
def @f(x):
    def inner():
        nonlocal x
        x += 1
        $body
        return x
    return inner
@g:fn = @f($int)
@h:fn = @f($int)
print(@g(), @g(), @h(), @g())
---
# closure comp
def @f():
    r = []
    for i in range(3):
        def g(j=i):
            return i, j
        r.append(g)
    return [g() for g in r]
print(@f())
---
# closure lambda comp
@l:list = [lambda: i for i in range(3)]
print([g() for g in @l])
@l = [lambda i=i: i * $int for i in range(3)]
print([g() for g in @l])
---
# closure
def @f():
    def inner():
        return late
    print(inner())
    late = $any
@f()
---
# closure
def @f():
    x = $any
    def g():
        def h():
            nonlocal x
            x = [x]
            return x
        return h
    h = g()
    return h(), h(), x
print(@f())
---
# closure del
def @f():
    x = $any
    def g():
        return x
    del x
    return g()
@f()
---
# closure
def @f(n):
    count = 0
    def walk(d):
        nonlocal count
        count += 1
        if d:
            walk(d - 1)
            walk(d - 1)
    walk(n)
    return count
print(@f($count))
---
# lambda
@f:fn = lambda x, y=$any, *a: (x, y, a)
print(@f($any), @f($any, $any, $any))
@f()
---
# lambda
@f:fn = lambda: $any
print(@f(), @f.__name__)
---
# lambda
print(sorted([$any, $any, $any], key=lambda v: str(v)), (lambda a, b: b)(b=$any, a=$any))
---
# try
try:
    $block
except $errors:
    $block
---
# try
try:
    $block
except Exception as e:
    print(type(e).__name__, e)
---
# try
try:
    $any
except (TypeError, ValueError) as e:
    print(repr(e))
except Exception as e:
    print(type(e), e.args)
else:
    print('else')
finally:
    print('finally')
---
# try
try:
    $block
finally:
    print('finally')
---
# try
try:
    $block
except $errors as e:
    print(repr(e), e.args)
    $block
else:
    $block
finally:
    $block
---
# try
try:
    try:
        $block
    finally:
        $block
except Exception as e:
    print(repr(e), repr(e.__context__), repr(e.__cause__))
---
# try
try:
    try:
        raise $errors($any)
    except $errors as e:
        raise $errors($any) from e
except Exception as e:
    print(repr(e), repr(e.__cause__), repr(e.__context__), e.__suppress_context__)
---
# try
try:
    raise $errors($any, $any)
except $errors as e:
    print(e, e.args)
print('after')
---
# try
try:
    $any
    raise $errors
except Exception as @e:
    pass
print(@e)
---
# try
try:
    raise $any
except TypeError as e:
    print(e)
---
# try
try:
    $any
except $any:
    pass
---
# try
try:
    1 / 0
except ZeroDivisionError:
    $block
    raise
---
# try
try:
    {}[$key]
except KeyError as e:
    print(e, e.args)
    raise ValueError($str) from None
---
# try
raise $errors($str)
---
# try
raise $errors($any) from $errors($any)
---
# try
try:
    try:
        $any
        [][0]
    except LookupError:
        undefined_name
finally:
    print('out')
---
# try
def @f(x):
    for i in range(4):
        try:
            if i == x:
                continue
            if i == $count:
                break
            print('body', i)
            $body
        except Exception as e:
            print(type(e).__name__, e)
            return i
        finally:
            print('finally', i)
    else:
        print('else')
    return 'end'
print(@f($small))
---
# try
def @f():
    try:
        return $any
    finally:
        print('finally')
        return $any
print(@f())
---
# try
def @f():
    try:
        raise ValueError($any)
    finally:
        return $any
print(@f())
---
# try
def @f():
    x = $any
    try:
        return x
    finally:
        x = $any
        print(x)
print(@f())
---
# try
def @f():
    while True:
        try:
            $body
            return 'try'
        except Exception:
            return 'except'
        else:
            return 'else'
        finally:
            break
    return 'after'
print(@f())
---
# try
def @f(n):
    try:
        if n == 0:
            raise ValueError('deep')
        @f(n - 1)
    except ValueError as e:
        raise TypeError(n) from e
    finally:
        print('unwind', n)
@f(2)
---
# try
for @a:int in range(3):
    try:
        print([1, 'a', None][@a] + 1)
    except TypeError as e:
        print(e)
        continue
    finally:
        print('next')
---
# try
def @f(n):
    return @f(n + 1)
try:
    @f(0)
except RecursionError as e:
    print(e)
---
# try
try:
    int($str)
except ValueError as e:
    print(e, type(e).__mro__ if False else isinstance(e, Exception))
---
# try lambda
def @f(g):
    try:
        return g()
    except ArithmeticError as e:
        return repr(e)
    except LookupError as e:
        return str(e)
    except (TypeError, ValueError) as e:
        return e.args
print(@f(lambda: $int // 0), @f(lambda: $list[99]), @f(lambda: {}[$key]), @f(lambda: $any + $any))
---
# with
with open('fuzz.txt', 'w') as @w:
    @w.write($str)
    print($any, file=@w)
    $block
with open('fuzz.txt') as @w:
    print(repr(@w.read()))
print(@w.closed)
---
# with
with open('fuzz.txt', 'w') as @w:
    @w.write('one\ntwo\n\nthree')
with open('fuzz.txt') as @w:
    for @a:str in @w:
        print(repr(@a))
with open('fuzz.txt') as @w:
    print(@w.readline(), @w.readlines())
---
# with
with open('fuzz.txt', 'a') as @w:
    @w.write($str)
    @w.writelines($strs)
@a:list = open('fuzz.txt').read().splitlines()
print(@a)
---
# with
with open('absent.txt') as @w:
    pass
---
# input
print(repr(input()), input('prompt> '))
---
# input
import sys
for @a:str in sys.stdin:
    print(repr(@a), len(@a))
---
# sys
import sys
sys.stdout.write($str)
print(len(sys.argv))
---
# sys
import sys
if $bool:
    sys.exit($any)
---
# core
def @f(@g):
    '''A docstring.'''
    return @g
print(@f($any))
---
# annotations
@a: int = $int
def @f(x: int, y: 'str' = $any) -> list[int]:
    z: float = $float
    return [x, y, z]
print(@f($any))
---
# main
if __name__ == '__main__':
    $block
---
# shadow lambda del
len = lambda x: $int
print(len('abc'))
del len
print(len('abc'))
---
# shadow
@a:list = $list
str = $any
print(str)
---
# genexp next
@g:gen = (v * 2 for v in $iter)
print(next(@g, None), list(@g), list(@g))
---
# genexp next
@g:gen = ($any for v in range(3))
print(next(@g), next(@g), next(@g))
next(@g)
---
# genexp
@l:list = [1, 2, 3]
@g:gen = (v for v in @l if v)
@l.append(4)
print(list(@g))
---
# genexp
@n:int = 10
@g:gen = (v + @n for v in range(3))
@n = $int
print(sum(@g))
---
# genexp
print(list(v / w for v in $ints for w in $ints if w))
---
# functional
@m:gen = map(print, $iter)
print(@m is not None, list(@m))
---
# next
@i:gen = iter($iter)
print(next(@i, 'end'), next(@i, 'end'))
for @a:any in @i:
    print(@a)
    break
print(list(@i))
---
# next
@l:list = [1, 2, 3]
@i:gen = iter(@l)
next(@i)
@l.clear()
print(list(@i), next(@i, 'done'))
---
# core
def show(tag, value):
    print(tag, end=' ')
    return value
@a:list = [show(1, $any), show(2, $any)]
@a[show(3, 0)] = show(4, $any)
@a[show(5, 1)] += show(6, $any)
print(@a, show(7, $int) + show(8, $int) * show(9, $int), show(1, $num) < show(2, $num) < show(3, $num))
---
# core
def show(tag, value):
    print(tag, end=' ')
    return value
print({show(1, $key): show(2, $any), show(3, $key): show(4, $any)}, show(5, $bool) and show(6, $any) or show(7, $any))
print(show('f', max)(show('a', $num), show('b', $num)), show(1, $list)[show(2, 0):show(3, 2)])
---
# fmtcheck try
for @s:str in ['$spec', '$spec', '$spec', '$spec']:
    for @v:any in [$num, $int, $float, $str]:
        try:
            print(repr(format(@v, @s)))
        except (ValueError, TypeError) as e:
            print(e)
"""

NUMPY = r"""
# numpy
@a:arr = $arr
print(@a)
---
# numpy
print(repr($arr), $arr.shape, $arr.dtype)
---
# numpy
@a:arr = $arr
@a[$small] = $num
print(@a)
---
# numpy
@a:arr = $arr
@a[$small:$small] = $arr
print(@a)
---
# numpy
@a:arr = $arr
@b:arr = @a[::$step]
@b += $small
print(@a, @b)
---
# numpy
@a:arr = $arr
@a *= $arr
print(@a)
---
# numpy
for @a:any in $arr:
    print(@a)
---
# numpy
@a:arr = np.arange(6).reshape(2, 3)
@a[$small, $small] = $int
@a[:, $small] = $arr
print(@a, @a.T, @a[::-1])
"""


def parse(text):
    """[(lines, features)]; a number among the features says how many times the snippet stands there."""
    found = []
    for part in text.strip().split("\n---\n"):
        first, *lines = part.split("\n")
        words = frozenset(first[1:].split()) - {"core"}
        times = sum(int(word) for word in words if word.isdigit()) or 1
        found += [(lines, frozenset(word for word in words if not word.isdigit()))] * times
    return found
