-- The largest singular value of an infinite matrix's corner; a small function in the loop: spectral_norm.lua SAMPLES N
local function entry(i, j)
  return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1)
end

local function times(u, result)
  local n = #u
  for i = 1, n do
    local total = 0.0
    for j = 1, n do
      total = total + entry(i - 1, j - 1) * u[j]
    end
    result[i] = total
  end
end

local function transposed_times(u, result)
  local n = #u
  for i = 1, n do
    local total = 0.0
    for j = 1, n do
      total = total + entry(j - 1, i - 1) * u[j]
    end
    result[i] = total
  end
end

local function work(n)
  local u, v, between = {}, {}, {}
  for i = 1, n do
    u[i], v[i], between[i] = 1.0, 0.0, 0.0
  end
  for _ = 1, 10 do
    times(u, between)
    transposed_times(between, v)
    times(v, between)
    transposed_times(between, u)
  end
  local uv, vv = 0.0, 0.0
  for i = 1, n do
    uv = uv + u[i] * v[i]
    vv = vv + v[i] * v[i]
  end
  return math.sqrt(uv / vv)
end

local n = tonumber(arg[2])
local seconds, result = {}, nil
for sample = 1, tonumber(arg[1]) do
  local start = os.clock()
  result = work(n)
  seconds[sample] = os.clock() - start
end
print(string.format("answer %.17g", result))
print("seconds " .. table.concat(seconds, " "))
