#!/usr/bin/env python3
"""Writes kernels/math/coefficients.h: minimax polynomials found with the Remez exchange in 60 digits (mpmath).

Run it only to change a degree or an interval: `python3 kernels/coefficients.py > kernels/math/coefficients.h`.
The build does not need it. Each table prints the relative error that the exact polynomial leaves.
"""
import struct
import mpmath as m

m.mp.dps = 60


def remez(f, weight, a, b, degree, rounds=12):
    """Polynomial p of `degree` on [a, b] that minimises max |weight(x) (p(x) - f(x))|; returns (coefficients, error)."""
    a, b = m.mpf(a), m.mpf(b)
    n = degree + 2
    nodes = [(a + b) / 2 - (b - a) / 2 * m.cos(m.pi * (2 * i + 1) / (2 * n)) for i in range(n)]
    for _ in range(rounds):
        A, rhs = m.matrix(n, n), m.matrix(n, 1)
        for i, x in enumerate(nodes):
            for k in range(degree + 1):
                A[i, k] = x**k
            A[i, degree + 1] = (-1) ** i / weight(x)
            rhs[i] = f(x)
        sol = m.lu_solve(A, rhs)
        coeffs = [sol[k] for k in range(degree + 1)]

        def err(x):
            return weight(x) * (m.polyval(coeffs[::-1], x) - f(x))

        # Between two neighbouring zeros of the error lies one extremum: sample finely and keep the largest of each sign run.
        grid = [(a + b) / 2 - (b - a) / 2 * m.cos(m.pi * i / (24 * n)) for i in range(24 * n + 1)]
        values = [err(x) for x in grid]
        best, runs = 0, []
        for i in range(len(grid)):
            if i and m.sign(values[i]) != m.sign(values[i - 1]):
                runs.append(best)
                best = i
            if abs(values[i]) >= abs(values[best]):
                best = i
        runs.append(best)
        while len(runs) > n:
            runs.pop(0 if abs(values[runs[0]]) < abs(values[runs[-1]]) else -1)
        if len(runs) < n:
            break
        nodes = [grid[i] for i in runs]
        peak = max(abs(values[i]) for i in runs)
        if peak / min(abs(values[i]) for i in runs) < m.mpf("1.01"):
            break
    return coeffs, max(abs(v) for v in values)


def rounded(x, single):
    return struct.unpack("f", struct.pack("f", float(x)))[0] if single else float(x)


def table(name, doc, f, weight, a, b, degrees, low=False):
    """Prints the polynomial in both formats (not that without a degree); with `low` also what rounding takes from its constant
    term."""
    for single in (False, True):
        if degrees[single] is None:
            continue
        coeffs, error = remez(f, weight, a, b, degrees[single])
        kind = "float" if single else "double"
        suffix = "f" if single else ""
        body = ", ".join(rounded(c, single).hex() + suffix for c in coeffs)
        print(f"/// {doc} Error 2^{float(m.log(error, 2)):.1f}.")
        rest = rounded(coeffs[0] - m.mpf(rounded(coeffs[0], single)), single).hex()
        extra = f"\n  static constexpr {kind} low = {rest}{suffix};" if low else ""
        print(f"template <> struct {name}<{kind}> {{\n  static constexpr {kind} c[] = {{{body}}};{extra}\n}};")


def declare(*names):
    for n in names:
        print(f"template <class T> struct {n};")


def series(f, x, terms):
    """f where it is safe, the Taylor sum of `terms` near 0 where f would divide 0 by 0."""
    return f(x) if abs(x) > m.mpf("1e-8") else m.fsum(t * x**k for k, t in enumerate(terms))


print("// Written by kernels/coefficients.py; do not edit.\n#pragma once\n\nnamespace bdc::kernels::coefficients {\n")
declare("Exp", "Log", "LogTail", "GapLog", "Sin", "Cos", "Atan", "Asin", "Erf", "Erfcx", "Dexprel")
print()

ln2 = m.log(2)
half = ln2 / 2 * m.mpf("1.0005")
table("Exp", "(exp(x) - 1 - x)/x^2 on |x| <= ln(2)/2, weighted for expm1.",
      lambda x: series(lambda y: (m.expm1(y) - y) / y**2, x, [m.mpf(1) / 2, m.mpf(1) / 6, m.mpf(1) / 24]),
      lambda x: abs(series(lambda y: y**2 / m.expm1(y), x, [0, 1, -m.mpf(1) / 2])) + m.mpf("1e-12"), -half, half, (9, 4))

zmax = ((m.sqrt(2) - 1) / (m.sqrt(2) + 1)) ** 2 * m.mpf("1.001")
table("Log", "(log((1+s)/(1-s)) - 2s)/s^3 as a polynomial in s^2, s^2 <= 0.0295.",
      lambda z: series(lambda y: (2 * m.atanh(m.sqrt(y)) - 2 * m.sqrt(y)) / (m.sqrt(y) * y), z,
                       [m.mpf(2) / 3, m.mpf(2) / 5, m.mpf(2) / 7]),
      lambda z: z / 2 + m.mpf("1e-9"), 0, zmax, (6, 2))

table("LogTail", "(log((1+s)/(1-s)) - 2s - 2/3 s^3)/s^5 in s^2, s^2 <= 0.0295; for pow.",
      lambda z: series(lambda y: (2 * m.atanh(m.sqrt(y)) - 2 * m.sqrt(y) * (1 + y / 3)) / (m.sqrt(y) * y * y), z,
                       [m.mpf(2) / 5, m.mpf(2) / 7, m.mpf(2) / 9]),
      lambda z: z * z / 2 + m.mpf("1e-9"), 0, zmax, (6, 2))

table("GapLog", "-log(1 + f)/f, -1/2 <= f <= 0; for the gaps of random connections.",
      lambda f: series(lambda y: -m.log(1 + y) / y, f, [-m.mpf(1), m.mpf(1) / 2, -m.mpf(1) / 3]),
      lambda f: series(lambda y: -y / m.log(1 + y), f, [-m.mpf(1), -m.mpf(1) / 2, m.mpf(1) / 12]), -m.mpf(1) / 2, 0, (None, 7))

zmax = (m.pi / 4) ** 2 * m.mpf("1.001")
table("Sin", "(sin(x) - x)/x^3 in x^2, |x| <= pi/4.",
      lambda z: series(lambda y: (m.sin(m.sqrt(y)) - m.sqrt(y)) / (y * m.sqrt(y)), z, [-m.mpf(1) / 6, m.mpf(1) / 120, -m.mpf(1) / 5040]),
      lambda z: z + m.mpf("1e-9"), 0, zmax, (5, 2))
table("Cos", "(cos(x) - 1 + x^2/2)/x^4 in x^2, |x| <= pi/4.",
      lambda z: series(lambda y: (m.cos(m.sqrt(y)) - 1 + y / 2) / y**2, z, [m.mpf(1) / 24, -m.mpf(1) / 720, m.mpf(1) / 40320]),
      lambda z: z * z + m.mpf("1e-9"), 0, zmax, (5, 2))

zmax = m.mpf("0.5464") ** 2
table("Atan", "(atan(x) - x)/x^3 in x^2, |x| <= 0.5464.",
      lambda z: series(lambda y: (m.atan(m.sqrt(y)) - m.sqrt(y)) / (y * m.sqrt(y)), z, [-m.mpf(1) / 3, m.mpf(1) / 5, -m.mpf(1) / 7]),
      lambda z: z + m.mpf("1e-9"), 0, zmax, (13, 5))
table("Asin", "(asin(x) - x)/x^3 in x^2, |x| <= 1/2.",
      lambda z: series(lambda y: (m.asin(m.sqrt(y)) - m.sqrt(y)) / (y * m.sqrt(y)), z, [m.mpf(1) / 6, m.mpf(3) / 40, m.mpf(15) / 336]),
      lambda z: z + m.mpf("1e-9"), 0, m.mpf("0.2502"), (12, 5))

two = 2 / m.sqrt(m.pi)
table("Erf", "(erf(x) - x)/x in x^2, |x| <= 1.",
      lambda z: series(lambda y: m.erf(m.sqrt(y)) / m.sqrt(y) - 1, z, [two - 1, -two / 3, two / 10]),
      lambda z: m.mpf(1), 0, m.mpf("1.001"), (11, 6))


def erfcx_scaled(t):
    """(1 + 2x) exp(x^2) erfc(x) at x = 4(1 + t)/(1 - t); the limit for x -> infinity is 2/sqrt(pi)."""
    if t > m.mpf("0.99"):
        # Asymptotic: x erfcx(x) sqrt(pi) = sum (-1)^k (2k-1)!!/(2x^2)^k.
        if t >= 1:
            return two
        x = 4 * (1 + t) / (1 - t)
        s, term = m.mpf(1), m.mpf(1)
        for k in range(1, 30):
            term *= -(2 * k - 1) / (2 * x * x)
            s += term
        return (1 + 2 * x) / x / m.sqrt(m.pi) * s
    x = 4 * (1 + t) / (1 - t)
    return (1 + 2 * x) * m.exp(x * x) * m.erfc(x)


m.mp.dps = 60
m.mp.prec += 1200  # exp(x^2) erfc(x) up to x of some hundred
table("Erfcx", "(1+2x) exp(x^2) erfc(x) in t = (x-4)/(x+4), x from 0.5 to infinity.", erfcx_scaled, lambda t: 1 / erfcx_scaled(t),
      m.mpf("-3.5") / m.mpf("4.5"), 1, (24, 11), low=True)
m.mp.dps = 60

terms = [(k + 1) / m.factorial(k + 2) for k in range(40)]
middle = m.mpf("0.125")
table("Dexprel", "d/dx (exp(x)-1)/x in x + 1/8, -1.25 <= x <= 1.", lambda t: m.fsum(c * (t - middle)**k for k, c in enumerate(terms)),
      lambda t: 1 / m.fsum(c * (t - middle)**k for k, c in enumerate(terms)), m.mpf("-1.125"), m.mpf("1.125"), (15, 8))

print("\n} // namespace bdc::kernels::coefficients")
