-- The longest of the chains that start below a limit, in doubles: collatz.lua SAMPLES LIMIT
local function work(limit)
  local longest, longest_start, steps = 0, 0, 0
  for start = 1, limit - 1 do
    local n, length = start, 0
    while n ~= 1 do
      if n % 2 == 0 then
        n = n / 2
      else
        n = 3 * n + 1
      end
      length = length + 1
    end
    steps = steps + length
    if length > longest then
      longest, longest_start = length, start
    end
  end
  return longest_start, longest, steps
end

local limit = tonumber(arg[2])
local seconds, longest_start, longest, steps = {}, nil, nil, nil
for sample = 1, tonumber(arg[1]) do
  local start = os.clock()
  longest_start, longest, steps = work(limit)
  seconds[sample] = os.clock() - start
end
print(string.format("answer %d %d %d", longest_start, longest, steps))
print("seconds " .. table.concat(seconds, " "))
