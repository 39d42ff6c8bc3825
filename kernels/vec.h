/// Vectors of the kernels: thin words over Clang's ext_vector_type, so that one template serves every width.
///
/// A kernel is a template over `V`: `float` or `double` (width 1) or an ext_vector of 2, 4, 8, 16 or 32 of them. It may use only
/// operators, the `__builtin_elementwise_*` family and the helpers below. The rules that keep the bits equal at every width
/// and on every target: each lane's result depends on that lane alone; every multiply-add that shall fuse says `fma`, nothing
/// else fuses (-ffp-contract=off); branches over a whole vector may only skip work whose result no lane would have used.
///
/// Freestanding: no header, no libc, no libm. `fma` and the rounding functions are one instruction on x86-64-v3 and on NVPTX;
/// below that level LLVM calls libm for them, which is correct and slow.
#pragma once

#define BDC_KERNEL __attribute__((always_inline)) inline

namespace bdc::kernels {

using i32 = __INT32_TYPE__;
using u32 = __UINT32_TYPE__;
using i64 = __INT64_TYPE__;
using u64 = __UINT64_TYPE__;

namespace detail {
template <class T, int W> struct VecOf {
  typedef T type __attribute__((ext_vector_type(W)));
};
template <class T> struct VecOf<T, 1> {
  using type = T;
};
template <class V> struct ElementOf {
  using type = __remove_cvref(decltype((*static_cast<V *>(nullptr))[0]));
};
template <> struct ElementOf<float> {
  using type = float;
};
template <> struct ElementOf<double> {
  using type = double;
};
template <> struct ElementOf<i32> {
  using type = i32;
};
template <> struct ElementOf<u32> {
  using type = u32;
};
template <> struct ElementOf<i64> {
  using type = i64;
};
template <> struct ElementOf<u64> {
  using type = u64;
};

/// What a floating-point format needs to be taken apart.
template <class T> struct Format;
template <> struct Format<double> {
  using Int = i64;
  using Uint = u64;
  static constexpr int mantissaBits = 52;
  static constexpr i64 bias = 1023;
  static constexpr double shifter = 0x1.8p52; ///< x + shifter rounds x to an integer, in the low bits
  static constexpr double infinity = __builtin_huge_val();
  static constexpr double nan = __builtin_nan("");
  static constexpr double smallestNormal = 0x1p-1022, huge = 0x1p1020;
};
template <> struct Format<float> {
  using Int = i32;
  using Uint = u32;
  static constexpr int mantissaBits = 23;
  static constexpr i32 bias = 127;
  static constexpr float shifter = 0x1.8p23f;
  static constexpr float infinity = __builtin_huge_valf();
  static constexpr float nan = __builtin_nanf("");
  static constexpr float smallestNormal = 0x1p-126f, huge = 0x1p124f;
};
} // namespace detail

template <class T, int W> using Vec = typename detail::VecOf<T, W>::type;
template <class V> using Element = typename detail::ElementOf<V>::type;
template <class V> inline constexpr int width = sizeof(V) / sizeof(Element<V>);
template <class V> using Fmt = detail::Format<Element<V>>;
/// Signed and unsigned integers of V's element size and width.
template <class V> using IntOf = Vec<typename Fmt<V>::Int, width<V>>;
template <class V> using UintOf = Vec<typename Fmt<V>::Uint, width<V>>;
/// Another element type at V's width.
template <class T, class V> using Like = Vec<T, width<V>>;

/// The constant c in every lane.
template <class V> BDC_KERNEL constexpr V splat(Element<V> c) { return (V)c; }

/// 0, 1, …, N - 1 as a pack, to compute the places of a shuffle.
template <class T, T... I> struct Sequence {};
template <int N> using UpTo = __make_integer_seq<Sequence, int, N>;

/// A number as an unevaluated sum.
template <class V> struct Pair {
  V hi, lo;
};

template <class To, class From> BDC_KERNEL To bits(From x) { return __builtin_bit_cast(To, x); }

/// Lane-wise conversion of numbers (not bits).
template <class To, class From> BDC_KERNEL To convert(From x) {
  if constexpr (width<To> == 1)
    return static_cast<To>(x);
  else
    return __builtin_convertvector(x, To);
}

template <class V> BDC_KERNEL V fma(V a, V b, V c) { return __builtin_elementwise_fma(a, b, c); }

/// m ? a : b in each lane; m is what a comparison of vectors returned.
template <class M, class V> BDC_KERNEL V select(M m, V a, V b) { return m ? a : b; }

/// Both or either of two comparisons, lane by lane.
template <class M> BDC_KERNEL M both(M a, M b) {
  if constexpr (__is_same(M, bool))
    return a && b;
  else
    return a & b;
}
template <class M> BDC_KERNEL M either(M a, M b) {
  if constexpr (__is_same(M, bool))
    return a || b;
  else
    return a | b;
}

/// True when a comparison holds in every lane.
template <class M> BDC_KERNEL bool all(M m) {
  if constexpr (__is_same(M, bool))
    return m;
  else
    return __builtin_reduce_and(m) != 0;
}

/// True when a comparison holds in at least one lane.
template <class M> BDC_KERNEL bool any(M m) {
  if constexpr (__is_same(M, bool))
    return m;
  else
    return __builtin_reduce_or(m) != 0;
}

/// 0, 1, 2, … in the lanes.
template <class V> BDC_KERNEL V laneIndex() {
  if constexpr (width<V> == 1) {
    return V(0);
  } else {
    V v;
    for (int i = 0; i < width<V>; ++i)
      v[i] = Element<V>(i);
    return v;
  }
}

namespace detail {
template <int N, int First, class V, class T> BDC_KERNEL V polyPart(const V *powers, const T *c) {
  if constexpr (N == 1) {
    return splat<V>(c[First]);
  } else if constexpr (N == 2) {
    return fma(powers[0], splat<V>(c[First + 1]), splat<V>(c[First]));
  } else {
    constexpr int level = 31 - __builtin_clz(N - 1), low = 1 << level;
    return fma(powers[level], polyPart<N - low, First + low>(powers, c), polyPart<low, First>(powers, c));
  }
}
} // namespace detail

/// c[First] + c[First+1] x + … + c[N-1] x^(N-1-First) by Estrin's scheme: short chains, one fixed order.
template <int First = 0, class V, class T, int N> BDC_KERNEL V poly(V x, const T (&c)[N]) {
  V powers[6] = {x};
  for (int i = 1; (1 << i) < N - First; ++i)
    powers[i] = powers[i - 1] * powers[i - 1];
  return detail::polyPart<N - First, First>(powers, c);
}

/// The same as two Horner chains in x^2, even and odd: no more operations than Horner's rule, half its length.
template <class V, class T, int N> BDC_KERNEL V evenOdd(V x, V square, const T (&c)[N]) {
  V high = splat<V>(c[N - 1]), low = splat<V>(c[N - 2]);
  for (int i = N - 3; i >= 1; i -= 2) {
    high = fma(high, square, splat<V>(c[i]));
    low = fma(low, square, splat<V>(c[i - 1]));
  }
  if constexpr (N % 2 == 0)
    return fma(high, x, low);
  else
    return fma(low, x, fma(high, square, splat<V>(c[0])));
}

/// The same by Horner's rule: fewer operations, a longer chain.
template <class V, class T, int N> BDC_KERNEL V horner(V x, const T (&c)[N]) {
  V p = splat<V>(c[N - 1]);
  for (int i = N - 2; i >= 0; --i)
    p = fma(p, x, splat<V>(c[i]));
  return p;
}

} // namespace bdc::kernels
