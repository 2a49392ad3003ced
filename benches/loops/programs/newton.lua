-- Square roots by Newton's iteration; a small function in a loop that breaks: newton.lua SAMPLES NUMBERS
local abs = math.abs

local function better(root, a)
  return 0.5 * (root + a / root)
end

local function work(numbers)
  local total, steps = 0.0, 0
  for a = 1, numbers do
    local root = a
    while true do
      local following = better(root, a)
      steps = steps + 1
      if abs(following - root) <= 1e-12 * following then
        break
      end
      root = following
    end
    total = total + root
  end
  return total, steps
end

local numbers = tonumber(arg[2])
local seconds, total, steps = {}, nil, nil
for sample = 1, tonumber(arg[1]) do
  local start = os.clock()
  total, steps = work(numbers)
  seconds[sample] = os.clock() - start
end
print(string.format("answer %.17g %d", total, steps))
print("seconds " .. table.concat(seconds, " "))
