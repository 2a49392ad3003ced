-- Which points of a square are in the set, in scalar floats: mandelbrot.lua SAMPLES SIDE
local function mandelbrot(side, limit)
  local inside, iterations = 0, 0
  for row = 0, side - 1 do
    local ci = 2.0 * row / side - 1.0
    for column = 0, side - 1 do
      local cr = 2.0 * column / side - 1.5
      local zr, zi, n = 0.0, 0.0, 0
      while n < limit and zr * zr + zi * zi <= 4.0 do
        zr, zi = zr * zr - zi * zi + cr, 2.0 * zr * zi + ci
        n = n + 1
      end
      iterations = iterations + n
      if n == limit then
        inside = inside + 1
      end
    end
  end
  return inside, iterations
end

local side = tonumber(arg[2])
local seconds, inside, iterations = {}, nil, nil
for sample = 1, tonumber(arg[1]) do
  local start = os.clock()
  inside, iterations = mandelbrot(side, 50)
  seconds[sample] = os.clock() - start
end
print(string.format("answer %d %d", inside, iterations))
print("seconds " .. table.concat(seconds, " "))
