-- A text out of numbers, by concatenation, string.format and table.concat: strings.lua SAMPLES LINES
local function build(n)
  local lines = {}
  for i = 0, n - 1 do
    local row = ""
    for j = 0, 7 do
      row = row .. i * j .. ","
    end
    lines[#lines + 1] = string.format("%d: %s %.3f", i, row, i / 7)
  end
  return table.concat(lines, "\n")
end

local n = tonumber(arg[2])
local seconds, result = {}, nil
for sample = 1, tonumber(arg[1]) do
  local start = os.clock()
  result = build(n)
  seconds[sample] = os.clock() - start
end
local digest = 0
for i = 1, #result, 7 do
  digest = digest + result:byte(i)
end
print(string.format("answer %d %d", #result, digest))
print("seconds " .. table.concat(seconds, " "))
