-- A product of matrices by three loops over FFI arrays, row after row: matmul_arrays.lua SAMPLES N
local ffi = require("ffi")

local function inputs(n)
  local a, b, c = ffi.new("double[?]", n * n), ffi.new("double[?]", n * n), ffi.new("double[?]", n * n)
  for i = 0, n - 1 do
    for j = 0, n - 1 do
      a[i * n + j] = (i * 7 + j * 3) % 11 / 8.0
      b[i * n + j] = (i * 5 + j * 13) % 17 / 16.0
    end
  end
  return a, b, c
end

local function work(a, b, c, n)
  for i = 0, n - 1 do
    for j = 0, n - 1 do
      local total = 0.0
      for k = 0, n - 1 do
        total = total + a[i * n + k] * b[k * n + j]
      end
      c[i * n + j] = total
    end
  end
end

local n = tonumber(arg[2])
local seconds, c = {}, nil
for sample = 1, tonumber(arg[1]) do
  local a, b
  a, b, c = inputs(n)
  local start = os.clock()
  work(a, b, c, n)
  seconds[sample] = os.clock() - start
end
local middle = math.floor(n / 2) * n + math.floor(n / 3)
print(string.format("answer %.17g %.17g %.17g", c[0], c[middle], c[n * n - 1]))
print("seconds " .. table.concat(seconds, " "))
