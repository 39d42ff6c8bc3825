/// Random numbers of edges, which are drawn in millions and one after the other: (key, edge, source, draw) as in random.h, but a
/// Philox block serves four edges, in f64 too: a word makes a uniform number, two make two normal ones, of the transform of Box and
/// Muller both branches. Normal and exponential numbers are those of f32 in both precisions: more than a word has in it no formula makes
/// of it, and networks of f32 are those of f64, rounded.
///
/// 16 consecutive edges share 4 blocks. Edge e takes block (4 (e / 16) + e mod 4) and the part (e mod 16) / 4 of it. Vectors of 16 and
/// of 32 have to begin at a multiple of 16; narrower ones, which compute whole blocks for every lane, may begin anywhere. 32 is for
/// processors that have room for two groups, which may lie anywhere, each with its own base and step: they wait for each other's long
/// chains.
#pragma once

#include "random.h"

namespace bdc::kernels {

namespace detail {
/// Blocks of 16 edges.
inline constexpr u64 edgeBlocks = 4;

/// Groups of 16 edges in a vector; 0 in narrower ones.
template <class V> inline constexpr int groups = width<V> / 16;

/// A number for all lanes, or for each group where there are several.
template <class V> using OfGroups = Vec<u64, (groups<V> > 1 ? groups<V> : 1)>;

/// The number of the group to which each of the lanes belongs.
template <class U, class G, int... I> BDC_KERNEL U ofLanes(G numbers, Sequence<int, I...>) {
  if constexpr (width<G> == 1)
    return U(numbers);
  else
    return __builtin_shufflevector(numbers, numbers, (I * width<G> / width<U>)...);
}
template <class U, class G> BDC_KERNEL U ofLanes(G numbers) { return ofLanes<U>(numbers, UpTo<width<U>>()); }

template <class V, int... I> BDC_KERNEL auto joined(V a, V b, Sequence<int, I...>) { return __builtin_shufflevector(a, b, I...); }
template <class V> BDC_KERNEL auto joined(V a, V b) { return joined(a, b, UpTo<2 * width<V>>()); }

/// Where the parts of edges lie one after the other, each of all groups: the edges in their order. `Places`: of part 0, 1, …
template <int... Places, class V, int... I> BDC_KERNEL V inOrder(V parts, Sequence<int, I...>) {
  constexpr int place[] = {Places...}, length = 16 / int(sizeof...(Places));
  return __builtin_shufflevector(parts, parts, ((place[I % 16 / length] * groups<V> + I / 16) * length + I % length)...);
}
template <int... Places, class V> BDC_KERNEL V inOrder(V parts) { return inOrder<Places...>(parts, UpTo<width<V>>()); }

/// Words in lanes of V's size.
template <class V, class U> BDC_KERNEL auto inLanes(U words) {
  if constexpr (sizeof(Element<V>) == 8)
    return words;
  else
    return __builtin_convertvector(words, Vec<u32, width<U>>);
}

/// A number of [0, 1), or of (0, 1], of a word each: in f64, w 2⁻³² and (w + 1/2) 2⁻³².
template <bool Positive, class V> BDC_KERNEL V unitOf(UintOf<V> words) {
  if constexpr (sizeof(Element<V>) == 8)
    return fma(wordToDouble<V>(words), splat<V>(0x1p-32), splat<V>(Positive ? 0x1p-33 : 0));
  else
    return Positive ? positiveUnit(LaneWords<V>{{words}}, 0) : unit(LaneWords<V>{{words}}, 0);
}

/// The blocks of whole groups of edges.
template <class V> BDC_KERNEL auto groupWords(u64 key, OfGroups<V> base, OfGroups<V> step, u32 draw) {
  using U = Vec<u64, int(edgeBlocks) * groups<V>>;
  using G = OfGroups<V>;
  const U first = ofLanes<U>(G(base / G(16) * G(edgeBlocks)));
  if constexpr (width<G> == 1)
    return drawWords(key, U(first + laneIndex<U>()), step, draw);
  else
    return drawWordsInSteps(key, U(first + (laneIndex<U>() & U(edgeBlocks - 1))), ofLanes<U>(step), draw);
}

/// The block of edge base + i, lane by lane, and which part of it is the edge's.
template <class V> struct EdgeWords {
  LaneWords<V> words;
  UintOf<V> part;
};

template <class V> BDC_KERNEL EdgeWords<V> edgeWords(u64 key, u64 base, u64 step, u32 draw) {
  using U = Vec<u64, width<V>>;
  const U edge = U(base) + laneIndex<U>(), part = (edge / U(edgeBlocks)) & U(16 / edgeBlocks - 1);
  const auto w = drawWords(key, U((edge >> 4) * U(edgeBlocks) + (edge & U(edgeBlocks - 1))), step, draw);
  using Lanes = UintOf<V>;
  return {{{convert<Lanes>(w.w[0]), convert<Lanes>(w.w[1]), convert<Lanes>(w.w[2]), convert<Lanes>(w.w[3])}}, convert<Lanes>(part)};
}

/// A number of [0, 1), or of (0, 1], of each edge's own word.
template <bool Positive, class V> BDC_KERNEL V edgeUnit(u64 key, OfGroups<V> base, OfGroups<V> step, u32 draw) {
  if constexpr (groups<V> > 0) {
    const auto w = groupWords<V>(key, base, step, draw);
    return inOrder<0, 1, 2, 3>(unitOf<Positive, V>(inLanes<V>(joined(joined(w.w[0], w.w[1]), joined(w.w[2], w.w[3])))));
  } else {
    const auto e = edgeWords<V>(key, base, step, draw);
    const auto upper = e.part >= UintOf<V>(2), odd = (e.part & UintOf<V>(1)) != UintOf<V>(0);
    return unitOf<Positive, V>(select(upper, select(odd, e.words.w[3], e.words.w[2]), select(odd, e.words.w[1], e.words.w[0])));
  }
}
} // namespace detail

/// Uniform in [0, 1).
template <class V> BDC_KERNEL V edge_uniform(u64 key, detail::OfGroups<V> base, detail::OfGroups<V> step, u32 draw) {
  return detail::edgeUnit<false, V>(key, base, step, draw);
}

/// Exponential with mean 1.
template <class V> BDC_KERNEL V edge_exponential(u64 key, detail::OfGroups<V> base, detail::OfGroups<V> step, u32 draw) {
  using F = Like<float, V>;
  return convert<V>(splat<F>(0) - detail::logUnit(detail::edgeUnit<true, F>(key, base, step, draw)));
}

/// Standard normal: the parts of a block are the cosine and the sine of two uniform numbers, twice. With 32 bits of the radius it
/// reaches to 6.8 sigma.
template <class V> BDC_KERNEL V edge_normal(u64 key, detail::OfGroups<V> base, detail::OfGroups<V> step, u32 draw) {
  using namespace detail;
  using F = Like<float, V>;
  if constexpr (groups<V> > 0) {
    using Half = Vec<float, width<V> / 2>;
    const auto w = groupWords<V>(key, base, step, draw);
    const auto both = normalPair(unitOf<true, Half>(inLanes<Half>(joined(w.w[0], w.w[2]))), unitOf<false, Half>(inLanes<Half>(joined(w.w[1], w.w[3]))));
    return convert<V>(inOrder<0, 2, 1, 3>(joined(both.cosine, both.sine)));
  } else {
    const auto e = edgeWords<F>(key, base, step, draw);
    const auto upper = e.part >= UintOf<F>(2);
    const auto both = normalPair(unitOf<true, F>(select(upper, e.words.w[2], e.words.w[0])), unitOf<false, F>(select(upper, e.words.w[3], e.words.w[1])));
    return convert<V>(select((e.part & UintOf<F>(1)) != UintOf<F>(0), both.sine, both.cosine));
  }
}

/// exp of a normal number.
template <class V> BDC_KERNEL V edge_lognormal(u64 key, detail::OfGroups<V> base, detail::OfGroups<V> step, u32 draw, V mu, V sigma) {
  return exp(fma(sigma, edge_normal<V>(key, base, step, draw), mu));
}

/// 1 with probability p, else 0.
template <class V> BDC_KERNEL V edge_bernoulli(u64 key, detail::OfGroups<V> base, detail::OfGroups<V> step, u32 draw, V p) {
  return select(edge_uniform<V>(key, base, step, draw) < p, splat<V>(1), splat<V>(0));
}

} // namespace bdc::kernels
