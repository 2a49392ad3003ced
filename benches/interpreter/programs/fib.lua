-- Calls of functions, comparisons and sums of integers: fib.lua SAMPLES N
local function fib(n)
  if n < 2 then
    return n
  end
  return fib(n - 1) + fib(n - 2)
end

local n = tonumber(arg[2])
local seconds, result = {}, nil
for sample = 1, tonumber(arg[1]) do
  local start = os.clock()
  result = fib(n)
  seconds[sample] = os.clock() - start
end
print(string.format("answer %d", result))
print("seconds " .. table.concat(seconds, " "))
