-- The text's loop over FFI arrays of doubles, which know no length: loop_arrays.lua SAMPLES ELEMENTS CALLS
local ffi = require("ffi")

local function gradient(y_pred, y, x, m)
  local dj_dw = 0
  for i = 0, m - 1 do
    dj_dw = dj_dw + (y_pred[i] - y[i]) * x[i]
  end
  return dj_dw / m
end

local function inputs(n)
  local x, y, y_pred = ffi.new("double[?]", n), ffi.new("double[?]", n), ffi.new("double[?]", n)
  for i = 0, n - 1 do
    local v = i / n - 0.5
    x[i] = v
    y[i] = 3.0 * v * v - v + 0.5
    y_pred[i] = 2.5 * v + 1.0
  end
  return y_pred, y, x
end

local function work(y_pred, y, x, n, calls)
  local dj_dw = 0.0
  for call = 0, calls - 1 do
    dj_dw = gradient(y_pred, y, x, n)
    local place = call % n
    y_pred[place] = y_pred[place] - dj_dw
  end
  return dj_dw
end

local n, calls = tonumber(arg[2]), tonumber(arg[3])
local seconds, result = {}, nil
for sample = 1, tonumber(arg[1]) do
  local y_pred, y, x = inputs(n)
  local start = os.clock()
  result = work(y_pred, y, x, n, calls)
  seconds[sample] = os.clock() - start
end
print(string.format("answer %.17g", result))
print("seconds " .. table.concat(seconds, " "))
