-- Sums of the first elements of a table: prefix_sum.lua SAMPLES ELEMENTS CALLS
local function inputs(n)
  local values, sums = {}, {}
  for i = 0, n - 1 do
    values[i + 1] = i * 37 % 101 / 64.0 - 0.5
    sums[i + 1] = 0.0
  end
  return values, sums
end

local function prefix_sums(values, sums, first)
  local total = first
  for i, value in ipairs(values) do
    total = total + value
    sums[i] = total
  end
  return total
end

local function work(values, sums, calls)
  local total = 0.0
  for _ = 1, calls do
    total = prefix_sums(values, sums, total / 2)
  end
  return total
end

local n, calls = tonumber(arg[2]), tonumber(arg[3])
local seconds, result, sums = {}, nil, nil
for sample = 1, tonumber(arg[1]) do
  local values
  values, sums = inputs(n)
  local start = os.clock()
  result = work(values, sums, calls)
  seconds[sample] = os.clock() - start
end
print(string.format("answer %.17g %.17g %.17g", result, sums[1], sums[math.floor(n / 2) + 1]))
print("seconds " .. table.concat(seconds, " "))
