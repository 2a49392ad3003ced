-- A product of matrices by three loops over tables of tables: matmul_lists.lua SAMPLES N
local function inputs(n)
  local a, b, c = {}, {}, {}
  for i = 0, n - 1 do
    local row_a, row_b, row_c = {}, {}, {}
    for j = 0, n - 1 do
      row_a[j + 1] = (i * 7 + j * 3) % 11 / 8.0
      row_b[j + 1] = (i * 5 + j * 13) % 17 / 16.0
      row_c[j + 1] = 0.0
    end
    a[i + 1], b[i + 1], c[i + 1] = row_a, row_b, row_c
  end
  return a, b, c
end

local function work(a, b, c)
  local n = #a
  for i = 1, n do
    for j = 1, n do
      local total = 0.0
      for k = 1, n do
        total = total + a[i][k] * b[k][j]
      end
      c[i][j] = total
    end
  end
end

local n = tonumber(arg[2])
local seconds, c = {}, nil
for sample = 1, tonumber(arg[1]) do
  local a, b
  a, b, c = inputs(n)
  local start = os.clock()
  work(a, b, c)
  seconds[sample] = os.clock() - start
end
local middle, third = math.floor(n / 2) + 1, math.floor(n / 3) + 1
print(string.format("answer %.17g %.17g %.17g", c[1][1], c[middle][third], c[n][n]))
print("seconds " .. table.concat(seconds, " "))
