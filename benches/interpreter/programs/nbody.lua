-- Five planets attract each other; floats in fields of tables: nbody.lua SAMPLES STEPS
local sqrt = math.sqrt
local SOLAR_MASS = 4 * math.pi * math.pi
local DAYS = 365.24

local function body(x, y, z, vx, vy, vz, mass)
  return { x = x, y = y, z = z, vx = vx * DAYS, vy = vy * DAYS, vz = vz * DAYS, mass = mass * SOLAR_MASS }
end

-- The Sun, Jupiter, Saturn, Uranus and Neptune, with no momentum in all.
local function system()
  local bodies = {
    body(0, 0, 0, 0, 0, 0, 1),
    body(4.84143144246472090, -1.16032004402742839, -0.103622044471123109,
      0.00166007664274403694, 0.00769901118419740425, -0.0000690460016972063023, 0.000954791938424326609),
    body(8.34336671824457987, 4.12479856412430479, -0.403523417114321381,
      -0.00276742510726411430, 0.00499852801234917238, 0.0000230417297573763929, 0.000285885980666130812),
    body(12.8943695621391310, -15.1111514016986312, -0.223307578892655734,
      0.00296460137564761618, 0.00237847173959480950, -0.0000296589568540237556, 0.0000436624404335156298),
    body(15.3796971148509165, -25.9193146099879641, 0.179258772950371181,
      0.00268067772490389322, 0.00162824170038242295, -0.0000951592254519715870, 0.0000515138902046611451),
  }
  for _, axis in ipairs({ "vx", "vy", "vz" }) do
    local momentum = 0.0
    for _, b in ipairs(bodies) do
      momentum = momentum + b[axis] * b.mass
    end
    bodies[1][axis] = -momentum / SOLAR_MASS
  end
  return bodies
end

local function advance(bodies, dt, steps)
  local n = #bodies
  for _ = 1, steps do
    for i = 1, n do
      local bi = bodies[i]
      local x, y, z, mass = bi.x, bi.y, bi.z, bi.mass
      local vx, vy, vz = bi.vx, bi.vy, bi.vz
      for j = i + 1, n do
        local bj = bodies[j]
        local dx, dy, dz = x - bj.x, y - bj.y, z - bj.z
        local squared = dx * dx + dy * dy + dz * dz
        local mag = dt / (squared * sqrt(squared))
        local b1, b2 = mass * mag, bj.mass * mag
        vx = vx - dx * b2
        vy = vy - dy * b2
        vz = vz - dz * b2
        bj.vx = bj.vx + dx * b1
        bj.vy = bj.vy + dy * b1
        bj.vz = bj.vz + dz * b1
      end
      bi.vx, bi.vy, bi.vz = vx, vy, vz
    end
    for i = 1, n do
      local b = bodies[i]
      b.x = b.x + dt * b.vx
      b.y = b.y + dt * b.vy
      b.z = b.z + dt * b.vz
    end
  end
end

local function energy(bodies)
  local total = 0.0
  for i, bi in ipairs(bodies) do
    total = total + bi.mass * (bi.vx * bi.vx + bi.vy * bi.vy + bi.vz * bi.vz) / 2.0
    for j = i + 1, #bodies do
      local bj = bodies[j]
      local dx, dy, dz = bi.x - bj.x, bi.y - bj.y, bi.z - bj.z
      total = total - bi.mass * bj.mass / sqrt(dx * dx + dy * dy + dz * dz)
    end
  end
  return total
end

local function work(steps)
  local bodies = system()
  advance(bodies, 0.01, steps)
  return energy(bodies), bodies[2].x
end

local steps = tonumber(arg[2])
local seconds, total, x = {}, nil, nil
for sample = 1, tonumber(arg[1]) do
  local start = os.clock()
  total, x = work(steps)
  seconds[sample] = os.clock() - start
end
print(string.format("answer %.17g %.17g", total, x))
print("seconds " .. table.concat(seconds, " "))
