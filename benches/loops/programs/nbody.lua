-- Five planets attract each other; tables of floats: nbody.lua SAMPLES STEPS
local sqrt = math.sqrt
local SOLAR_MASS = 4 * math.pi * math.pi
local DAYS = 365.24

-- The Sun, Jupiter, Saturn, Uranus and Neptune, with no momentum in all.
local function inputs()
  local x = { 0.0, 4.84143144246472090, 8.34336671824457987, 12.8943695621391310, 15.3796971148509165 }
  local y = { 0.0, -1.16032004402742839, 4.12479856412430479, -15.1111514016986312, -25.9193146099879641 }
  local z = { 0.0, -0.103622044471123109, -0.403523417114321381, -0.223307578892655734, 0.179258772950371181 }
  local vx = { 0.0, 0.00166007664274403694, -0.00276742510726411430, 0.00296460137564761618, 0.00268067772490389322 }
  local vy = { 0.0, 0.00769901118419740425, 0.00499852801234917238, 0.00237847173959480950, 0.00162824170038242295 }
  local vz = {
    0.0, -6.90460016972063023e-05, 2.30417297573763929e-05, -2.96589568540237556e-05, -9.51592254519715870e-05,
  }
  local mass = {
    1.0, 0.000954791938424326609, 0.000285885980666130812, 4.36624404335156298e-05, 5.15138902046611451e-05,
  }
  for i = 1, 5 do
    mass[i] = mass[i] * SOLAR_MASS
  end
  for _, v in ipairs({ vx, vy, vz }) do
    local momentum = 0.0
    for i = 2, 5 do
      v[i] = v[i] * DAYS
      momentum = momentum + v[i] * mass[i]
    end
    v[1] = -momentum / SOLAR_MASS
  end
  return x, y, z, vx, vy, vz, mass
end

local function advance(x, y, z, vx, vy, vz, mass, dt, steps)
  local n = #mass
  for _ = 1, steps do
    for i = 1, n do
      for j = i + 1, n do
        local dx, dy, dz = x[i] - x[j], y[i] - y[j], z[i] - z[j]
        local squared = dx * dx + dy * dy + dz * dz
        local mag = dt / (squared * sqrt(squared))
        local mi, mj = mass[i] * mag, mass[j] * mag
        vx[i] = vx[i] - dx * mj
        vy[i] = vy[i] - dy * mj
        vz[i] = vz[i] - dz * mj
        vx[j] = vx[j] + dx * mi
        vy[j] = vy[j] + dy * mi
        vz[j] = vz[j] + dz * mi
      end
    end
    for i = 1, n do
      x[i] = x[i] + dt * vx[i]
      y[i] = y[i] + dt * vy[i]
      z[i] = z[i] + dt * vz[i]
    end
  end
end

local function energy(x, y, z, vx, vy, vz, mass)
  local n, total = #mass, 0.0
  for i = 1, n do
    total = total + mass[i] * (vx[i] * vx[i] + vy[i] * vy[i] + vz[i] * vz[i]) / 2.0
    for j = i + 1, n do
      local dx, dy, dz = x[i] - x[j], y[i] - y[j], z[i] - z[j]
      total = total - mass[i] * mass[j] / sqrt(dx * dx + dy * dy + dz * dz)
    end
  end
  return total
end

local steps = tonumber(arg[2])
local seconds, result, place = {}, nil, nil
for sample = 1, tonumber(arg[1]) do
  local x, y, z, vx, vy, vz, mass = inputs()
  local start = os.clock()
  advance(x, y, z, vx, vy, vz, mass, 0.01, steps)
  result = energy(x, y, z, vx, vy, vz, mass)
  seconds[sample] = os.clock() - start
  place = x[2]
end
print(string.format("answer %.17g %.17g", result, place))
print("seconds " .. table.concat(seconds, " "))
