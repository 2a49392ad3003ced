-- table.sort of floats, and of pairs by a comparison: sorting.lua SAMPLES ELEMENTS (up to 139968, all different)
local function scattered(n)
  local numbers, state = {}, 42
  for i = 1, n do
    state = (state * 3877 + 29573) % 139968
    numbers[i] = state / 139968
  end
  return numbers
end

local function copy(list)
  local result = {}
  for i = 1, #list do
    result[i] = list[i]
  end
  return result
end

local function work(numbers, pairs_)
  local ordered, by_key = copy(numbers), copy(pairs_)
  table.sort(ordered)
  table.sort(by_key, function(a, b)
    return a[2] < b[2]
  end)
  return ordered, by_key
end

local n = tonumber(arg[2])
local numbers, pairs_ = scattered(n), {}
for i = 1, n do
  pairs_[i] = { i - 1, 1.0 - numbers[i] }
end
local seconds, ordered, by_key = {}, nil, nil
for sample = 1, tonumber(arg[1]) do
  local start = os.clock()
  ordered, by_key = work(numbers, pairs_)
  seconds[sample] = os.clock() - start
end
local digest = 0
for i = 1, n do
  digest = (digest * 31 + by_key[i][1]) % 1000003
end
print(string.format("answer %d %.17g %.17g %.17g", digest, ordered[1], ordered[math.floor(n / 2) + 1], ordered[n]))
print("seconds " .. table.concat(seconds, " "))
