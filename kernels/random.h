/// Random numbers as pure functions of (key, element, step, draw). Lane i belongs to element `base + i`; or, where the key is a vector, to
/// its own key and the one element `base`.
///
/// One draw is one Philox block. Uniform numbers take its first words; a normal number takes all four (two in f32) through the
/// transform of Box and Muller (1958), cosine branch, with the logarithm and cosine of this folder.
#pragma once

#include "math/basic.h"
#include "math/log.h"
#include "math/trig.h"
#include "philox.h"

namespace bdc::kernels {

/// A key for each lane.
template <class V> using KeysOf = Vec<u64, width<V>>;

namespace detail {
/// A 32-bit word in a 64-bit lane as a double.
template <class V> BDC_KERNEL V wordToDouble(UintOf<V> w) {
  return bits<V>(w | UintOf<V>(0x4330000000000000)) - splat<V>(0x1p52);
}

/// Words of elements base, base + 1, … as lanes of V's size: 64 bits for f64.
template <class V> struct LaneWords {
  UintOf<V> w[4];
};

/// The words of the even and of the odd lanes of f32, which Philox makes in lanes of 64 bits.
template <class V, class U> BDC_KERNEL LaneWords<V> woven(const Words<U> &even, const Words<U> &odd) {
  LaneWords<V> out;
  for (int i = 0; i < 4; ++i)
    out.w[i] = bits<UintOf<V>>(U(even.w[i] | odd.w[i] << 32));
  return out;
}

template <class V> BDC_KERNEL LaneWords<V> laneWords(u64 key, u64 base, u64 step, u32 draw) {
  constexpr int n = width<V>;
  if constexpr (sizeof(Element<V>) == 8) {
    auto words = drawWords(key, UintOf<V>(base) + laneIndex<UintOf<V>>(), step, draw);
    return {{words.w[0], words.w[1], words.w[2], words.w[3]}};
  } else if constexpr (n == 1) {
    auto words = drawWords(key, base, step, draw);
    return {{u32(words.w[0]), u32(words.w[1]), u32(words.w[2]), u32(words.w[3])}};
  } else {
    // Even and odd elements apart in 64-bit lanes, where Philox works, then woven together.
    using U = Vec<u64, n / 2>;
    U even = U(base) + laneIndex<U>() * U(2);
    auto a = drawWords(key, even, step, draw), b = drawWords(key, U(even + U(1)), step, draw);
    return woven<V>(a, b);
  }
}

/// [0, 1) with 53 (24) bits, from words i and i + 1 (word i).
template <class V> BDC_KERNEL V unit(const LaneWords<V> &r, int i) {
  if constexpr (sizeof(Element<V>) == 8)
    return fma(wordToDouble<V>(r.w[i]), splat<V>(0x1p-32), wordToDouble<V>(r.w[i + 1] >> 11) * splat<V>(0x1p-53));
  else
    return convert<V>(bits<IntOf<V>>(r.w[i] >> 8)) * splat<V>(0x1p-24f);
}

/// (0, 1]: where a logarithm follows. In f32 all 32 bits of the word count, so that the tail reaches beyond 6 sigma.
template <class V> BDC_KERNEL V positiveUnit(const LaneWords<V> &r, int i) {
  if constexpr (sizeof(Element<V>) == 8) {
    return splat<V>(1) - unit(r, i);
  } else {
    V high = convert<V>(bits<IntOf<V>>(r.w[i] >> 16)), low = convert<V>(bits<IntOf<V>>(r.w[i] & UintOf<V>(0xffff)));
    return fma(high, splat<V>(0x1p-16f), fma(low, splat<V>(0x1p-32f), splat<V>(0x1p-33f)));
  }
}

template <class V> struct Turn {
  V cosine, sine;
};

/// cos(2 pi u) and sin(2 pi u) for u in [0, 1).
template <class V> BDC_KERNEL Turn<V> turn(V u) {
  V shifted = fma(u, splat<V>(4), splat<V>(Fmt<V>::shifter));
  V r = fma(u, splat<V>(4), splat<V>(Fmt<V>::shifter) - shifted) * splat<V>(TrigConst<Element<V>>::p1);
  auto quadrant = bits<UintOf<V>>(shifted);
  auto odd = (quadrant & UintOf<V>(1)) != UintOf<V>(0);
  V s = sinPoly(r), c = cosPoly(r);
  return {flipSign(V(select(odd, s, c)), UintOf<V>(quadrant + UintOf<V>(1)), 1), flipSign(V(select(odd, c, s)), quadrant, 1)};
}

/// log of a number in (0, 1] that is not subnormal.
template <class V> BDC_KERNEL V logUnit(V u) {
  using C = LogConst<Element<V>>;
  auto p = splitNormal(u);
  return fma(p.exponent, splat<V>(C::ln2Hi), p.f - logDeficit(p.f, p.exponent * splat<V>(C::ln2Lo)));
}

/// Two independent normal numbers of a number in (0, 1] and one in [0, 1).
template <class V> BDC_KERNEL Turn<V> normalPair(V u, V v) {
  V radius = sqrt(splat<V>(-2) * logUnit(u));
  auto angle = turn(v);
  return {radius * angle.cosine, radius * angle.sine};
}
/// Of one element under several keys.
template <class V>
  requires(width<V> > 1)
BDC_KERNEL LaneWords<V> laneWords(KeysOf<V> keys, u64 element, u64 step, u32 draw) {
  constexpr int n = width<V>;
  if constexpr (sizeof(Element<V>) == 8) {
    auto words = drawWords(keys, KeysOf<V>(element), step, draw);
    return {{words.w[0], words.w[1], words.w[2], words.w[3]}};
  } else {
    using U = Vec<u64, n / 2>;
    U evenKeys, oddKeys;
    if constexpr (n == 2) {
      evenKeys = keys[0];
      oddKeys = keys[1];
    } else {
      for (int i = 0; i < n / 2; ++i) {
        evenKeys[i] = keys[2 * i];
        oddKeys[i] = keys[2 * i + 1];
      }
    }
    auto a = drawWords(evenKeys, U(element), step, draw), b = drawWords(oddKeys, U(element), step, draw);
    return woven<V>(a, b);
  }
}
} // namespace detail

/// Uniform in [0, 1).
template <class V, class K> BDC_KERNEL V uniform(K key, u64 base, u64 step, u32 draw) {
  return detail::unit(detail::laneWords<V>(key, base, step, draw), 0);
}

/// Standard normal.
template <class V, class K> BDC_KERNEL V normal(K key, u64 base, u64 step, u32 draw) {
  const auto words = detail::laneWords<V>(key, base, step, draw);
  return detail::normalPair(detail::positiveUnit(words, 0), detail::unit(words, sizeof(Element<V>) == 8 ? 2 : 1)).cosine;
}

/// Exponential with mean 1.
template <class V, class K> BDC_KERNEL V exponential(K key, u64 base, u64 step, u32 draw) {
  return splat<V>(0) - detail::logUnit(detail::positiveUnit(detail::laneWords<V>(key, base, step, draw), 0));
}

/// exp of a standard normal; scale and shift the exponent through `mu` and `sigma`.
template <class V, class K> BDC_KERNEL V lognormal(K key, u64 base, u64 step, u32 draw, V mu, V sigma) {
  return exp(fma(sigma, normal<V>(key, base, step, draw), mu));
}

/// 1 with probability p, else 0.
template <class V, class K> BDC_KERNEL V bernoulli(K key, u64 base, u64 step, u32 draw, V p) {
  return select(uniform<V>(key, base, step, draw) < p, splat<V>(1), splat<V>(0));
}

} // namespace bdc::kernels
