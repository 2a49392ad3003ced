-- Integers counted in bins, over the elements of a table: histogram.lua SAMPLES ELEMENTS CALLS
local floor = math.floor
local BINS, TOP = 64, 139968

local function inputs(n)
  local values, counts, state = {}, {}, 42
  for i = 1, n do
    state = (state * 3877 + 29573) % TOP
    values[i] = state
  end
  for i = 1, BINS do
    counts[i] = 0
  end
  return values, counts
end

local function histogram(values, counts, width)
  for _, value in ipairs(values) do
    local bin = floor(value / width) + 1
    counts[bin] = counts[bin] + 1
  end
end

local function work(values, counts, width, calls)
  for _ = 1, calls do
    histogram(values, counts, width)
  end
end

local n, calls = tonumber(arg[2]), tonumber(arg[3])
local seconds, counts = {}, nil
for sample = 1, tonumber(arg[1]) do
  local values
  values, counts = inputs(n)
  local start = os.clock()
  work(values, counts, TOP / BINS, calls)
  seconds[sample] = os.clock() - start
end
local digest = 0
for _, count in ipairs(counts) do
  digest = (digest * 31 + count) % 1000003
end
print(string.format("answer %d %d %d", digest, counts[1], counts[BINS]))
print("seconds " .. table.concat(seconds, " "))
