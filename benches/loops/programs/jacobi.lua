-- Heat on a plate, as the mean of four neighbours in an FFI array, row after row: jacobi.lua SAMPLES SIDE SWEEPS
local ffi = require("ffi")

local function inputs(side)
  local u, v = ffi.new("double[?]", side * side), ffi.new("double[?]", side * side)
  for i = 0, side - 1 do
    u[i] = 1.0
    u[i * side] = i % 3 / 2.0
  end
  ffi.copy(v, u, side * side * 8)
  return u, v
end

local function sweep(u, v, side)
  for i = 1, side - 2 do
    for j = 1, side - 2 do
      local place = i * side + j
      v[place] = 0.25 * (u[place - side] + u[place + side] + u[place - 1] + u[place + 1])
    end
  end
end

local function work(u, v, side, sweeps)
  for _ = 1, math.floor(sweeps / 2) do
    sweep(u, v, side)
    sweep(v, u, side)
  end
end

local side, sweeps = tonumber(arg[2]), tonumber(arg[3])
local seconds, u, v = {}, nil, nil
for sample = 1, tonumber(arg[1]) do
  u, v = inputs(side)
  local start = os.clock()
  work(u, v, side, sweeps)
  seconds[sample] = os.clock() - start
end
local middle = math.floor(side / 3) * side + math.floor(side / 2)
print(string.format("answer %.17g %.17g %.17g", u[side + 1], u[middle], v[(side - 2) * side + 1]))
print("seconds " .. table.concat(seconds, " "))
