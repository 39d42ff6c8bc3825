// Written by kernels/coefficients.py; do not edit.
#pragma once

namespace bdc::kernels::coefficients {

template <class T> struct Exp;
template <class T> struct Log;
template <class T> struct LogTail;
template <class T> struct GapLog;
template <class T> struct Sin;
template <class T> struct Cos;
template <class T> struct Atan;
template <class T> struct Asin;
template <class T> struct Erf;
template <class T> struct Erfcx;
template <class T> struct Dexprel;

/// (exp(x) - 1 - x)/x^2 on |x| <= ln(2)/2, weighted for expm1. Error 2^-55.6.
template <> struct Exp<double> {
  static constexpr double c[] = {0x1.0000000000005p-1, 0x1.5555555555539p-3, 0x1.555555555228bp-5, 0x1.1111111118ff2p-7, 0x1.6c16c17ee7cefp-10, 0x1.a01a01750b7afp-13, 0x1.a019a748be03ep-16, 0x1.71de87fa42866p-19, 0x1.28a2081d38771p-22, 0x1.ae6bf34cb5c50p-26};
};
/// (exp(x) - 1 - x)/x^2 on |x| <= ln(2)/2, weighted for expm1. Error 2^-26.2.
template <> struct Exp<float> {
  static constexpr float c[] = {0x1.fffffe0000000p-2f, 0x1.5554b00000000p-3f, 0x1.5556740000000p-5f, 0x1.1227aa0000000p-7f, 0x1.6bebda0000000p-10f};
};
/// (log((1+s)/(1-s)) - 2s)/s^3 as a polynomial in s^2, s^2 <= 0.0295. Error 2^-59.5.
template <> struct Log<double> {
  static constexpr double c[] = {0x1.5555555555593p-1, 0x1.999999997fb2bp-2, 0x1.24924942189e7p-2, 0x1.c71c51e6e31aap-3, 0x1.7466466e186fap-3, 0x1.39a0edd1e7446p-3, 0x1.2f0ddaf5280a4p-3};
};
/// (log((1+s)/(1-s)) - 2s)/s^3 as a polynomial in s^2, s^2 <= 0.0295. Error 2^-30.2.
template <> struct Log<float> {
  static constexpr float c[] = {0x1.55557a0000000p-1f, 0x1.995e9e0000000p-2f, 0x1.31e63c0000000p-2f};
};
/// (log((1+s)/(1-s)) - 2s - 2/3 s^3)/s^5 in s^2, s^2 <= 0.0295; for pow. Error 2^-66.3.
template <> struct LogTail<double> {
  static constexpr double c[] = {0x1.9999999999b33p-2, 0x1.2492492457853p-2, 0x1.c71c722ddcaadp-3, 0x1.745ce9b8f0fcbp-3, 0x1.3b1ef404aa62fp-3, 0x1.0f7f28519a5bfp-3, 0x1.0e49f092c6374p-3};
};
/// (log((1+s)/(1-s)) - 2s - 2/3 s^3)/s^5 in s^2, s^2 <= 0.0295; for pow. Error 2^-36.8.
template <> struct LogTail<float> {
  static constexpr float c[] = {0x1.999a000000000p-2f, 0x1.24527e0000000p-2f, 0x1.dfa2480000000p-3f};
};
/// -log(1 + f)/f, -1/2 <= f <= 0; for the gaps of random connections. Error 2^-22.7.
template <> struct GapLog<float> {
  static constexpr float c[] = {-0x1.fffffc0000000p-1f, 0x1.0004ca0000000p-1f, -0x1.53d3c60000000p-2f, 0x1.16c8f80000000p-2f, -0x1.3771560000000p-5f, 0x1.9223480000000p-1f, 0x1.14dece0000000p+0f, 0x1.2f56da0000000p+0f};
};
/// (sin(x) - x)/x^3 in x^2, |x| <= pi/4. Error 2^-58.0.
template <> struct Sin<double> {
  static constexpr double c[] = {-0x1.5555555555549p-3, 0x1.111111110f861p-7, -0x1.a01a019c0e415p-13, 0x1.71de3574aac92p-19, -0x1.ae5e63be74539p-26, 0x1.5d9241e40b2e0p-33};
};
/// (sin(x) - x)/x^3 in x^2, |x| <= pi/4. Error 2^-28.0.
template <> struct Sin<float> {
  static constexpr float c[] = {-0x1.5555460000000p-3f, 0x1.11075c0000000p-7f, -0x1.994d1e0000000p-13f};
};
/// (cos(x) - 1 + x^2/2)/x^4 in x^2, |x| <= pi/4. Error 2^-64.2.
template <> struct Cos<double> {
  static constexpr double c[] = {0x1.555555555554cp-5, -0x1.6c16c16c15163p-10, 0x1.a01a019caf0d4p-16, -0x1.27e4f807e8badp-22, 0x1.1ee9ea7971894p-29, -0x1.8fadd70625863p-37};
};
/// (cos(x) - 1 + x^2/2)/x^4 in x^2, |x| <= pi/4. Error 2^-33.3.
template <> struct Cos<float> {
  static constexpr float c[] = {0x1.55554a0000000p-5f, -0x1.6c0c880000000p-10f, 0x1.9a01100000000p-16f};
};
/// (atan(x) - x)/x^3 in x^2, |x| <= 0.5464. Error 2^-63.0.
template <> struct Atan<double> {
  static constexpr double c[] = {-0x1.5555555555553p-2, 0x1.99999999994e3p-3, -0x1.2492492472521p-3, 0x1.c71c71b965d7fp-4, -0x1.745d158661cc1p-4, 0x1.3b138c34e62a2p-4, -0x1.110ef7ae39084p-4, 0x1.e1b6b3c06ad08p-5, -0x1.ade75a7205b14p-5, 0x1.7f49911b7d936p-5, -0x1.4929ce19838dap-5, 0x1.f3a4d291dcf3ep-6, -0x1.1c13152aededfp-6, 0x1.5780e2c42e414p-8};
};
/// (atan(x) - x)/x^3 in x^2, |x| <= 0.5464. Error 2^-30.3.
template <> struct Atan<float> {
  static constexpr float c[] = {-0x1.55554a0000000p-2f, 0x1.9994000000000p-3f, -0x1.24134c0000000p-3f, 0x1.bc992e0000000p-4f, -0x1.39fe5c0000000p-4f, 0x1.19cd6e0000000p-5f};
};
/// (asin(x) - x)/x^3 in x^2, |x| <= 1/2. Error 2^-59.8.
template <> struct Asin<double> {
  static constexpr double c[] = {0x1.5555555555578p-3, 0x1.333333332de99p-4, 0x1.6db6db7231767p-5, 0x1.f1c71a893dc5ap-6, 0x1.6e8be02bf62e7p-6, 0x1.1c49d8f7ae7b1p-6, 0x1.ca21c0ff5744bp-7, 0x1.7573724447bccp-7, 0x1.61a261a4667b3p-7, 0x1.dfec71886e610p-9, 0x1.65745f047b13fp-6, -0x1.5a9c3f13fa35bp-6, 0x1.0c196a91e932fp-5};
};
/// (asin(x) - x)/x^3 in x^2, |x| <= 1/2. Error 2^-31.7.
template <> struct Asin<float> {
  static constexpr float c[] = {0x1.55554c0000000p-3f, 0x1.3338940000000p-4f, 0x1.6cab3a0000000p-5f, 0x1.04af540000000p-5f, 0x1.d762380000000p-7f, 0x1.33f1000000000p-5f};
};
/// (erf(x) - x)/x in x^2, |x| <= 1. Error 2^-56.9.
template <> struct Erf<double> {
  static constexpr double c[] = {0x1.06eba8214db68p-3, -0x1.812746b0379c1p-2, 0x1.ce2f21a040fd4p-4, -0x1.b82ce312050c7p-6, 0x1.565bccfa73f94p-8, -0x1.c02db06cf3a16p-11, 0x1.f9a2bedf66079p-14, -0x1.f4ca8b689e9e1p-17, 0x1.b9821deae5e74p-20, -0x1.5c149a1953d58p-23, 0x1.d77467c0af997p-27, -0x1.acaeac926312ep-31};
};
/// (erf(x) - x)/x in x^2, |x| <= 1. Error 2^-29.6.
template <> struct Erf<float> {
  static constexpr float c[] = {0x1.06eba80000000p-3f, -0x1.81273e0000000p-2f, 0x1.ce2d1e0000000p-4f, -0x1.b7fb860000000p-6f, 0x1.54186a0000000p-8f, -0x1.a479c80000000p-11f, 0x1.4ac16e0000000p-14f};
};
/// (1+2x) exp(x^2) erfc(x) in t = (x-4)/(x+4), x from 0.5 to infinity. Error 2^-62.3.
template <> struct Erfcx<double> {
  static constexpr double c[] = {0x1.3ba5916e9fd7fp+0, -0x1.1df1ad154a28ep-3, 0x1.f7f5df66fd7eep-7, 0x1.16ecefcfa5379p-4, -0x1.9ddb23c3e92b0p-4, 0x1.7fee004e12a2ep-4, -0x1.0fb06dfe45dd7p-4, 0x1.3079edf675ecbp-5, -0x1.09623885e6041p-6, 0x1.49c6728ad3e43p-8, -0x1.8d4a98f10176ap-11, -0x1.a1df29986c1d6p-13, 0x1.3be0261f4b0e2p-13, -0x1.9958ac6bd0847p-16, -0x1.787ee4dd24103p-17, 0x1.7f21bec0844bep-18, 0x1.37a3f1aef587dp-22, -0x1.baaaac34ccd46p-21, 0x1.56ff5e6dbb00cp-24, 0x1.d58ad359032f6p-24, -0x1.857030d0e1a04p-26, -0x1.db683198cebcfp-27, 0x1.23ba6b01cbb87p-28, 0x1.595cd2ee938a9p-30, -0x1.16ed273809287p-31};
  static constexpr double low = -0x1.ac6b1e5a5764cp-55;
};
/// (1+2x) exp(x^2) erfc(x) in t = (x-4)/(x+4), x from 0.5 to infinity. Error 2^-26.6.
template <> struct Erfcx<float> {
  static constexpr float c[] = {0x1.3ba5920000000p+0f, -0x1.1df1c20000000p-3f, 0x1.f7f7dc0000000p-7f, 0x1.16f20a0000000p-4f, -0x1.9de0260000000p-4f, 0x1.7fc2620000000p-4f, -0x1.0f88e20000000p-4f, 0x1.31a89a0000000p-5f, -0x1.0ba0b00000000p-6f, 0x1.3bba1e0000000p-8f, -0x1.1492920000000p-11f, -0x1.9d03d00000000p-14f};
  static constexpr float low = -0x1.35d4ca0000000p-25f;
};
/// d/dx (exp(x)-1)/x in x + 1/8, -1.25 <= x <= 1. Error 2^-59.8.
template <> struct Dexprel<double> {
  static constexpr double c[] = {0x1.d744b3a66cd24p-2, 0x1.36e115794b024p-2, 0x1.cf5fbce30c286p-4, 0x1.ec2f18b35657dp-6, 0x1.98eb798c22d69p-8, 0x1.17c51fd75fe60p-10, 0x1.45d38b1c7e443p-13, 0x1.4a88ccffd198fp-16, 0x1.2923dabb82df9p-19, 0x1.dfc49c627c617p-23, 0x1.5f8bd85dc3926p-26, 0x1.d7ad65107f7ddp-30, 0x1.23c3a05218e4bp-33, 0x1.4f24135df8f6ep-37, 0x1.6d7962fc28e1ap-41, 0x1.65f49597a1675p-45};
};
/// d/dx (exp(x)-1)/x in x + 1/8, -1.25 <= x <= 1. Error 2^-27.5.
template <> struct Dexprel<float> {
  static constexpr float c[] = {0x1.d744b40000000p-2f, 0x1.36e1140000000p-2f, 0x1.cf5fc60000000p-4f, 0x1.ec2fe80000000p-6f, 0x1.98e92c0000000p-8f, 0x1.179e720000000p-10f, 0x1.4621d60000000p-13f, 0x1.5510cc0000000p-16f, 0x1.2634ae0000000p-19f};
};

} // namespace bdc::kernels::coefficients
