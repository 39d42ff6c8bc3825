// Laws of the unit algebra, and conversions that must be right to the last bit.
#include "dialects/units/suggest.h"
#include "dialects/units/unit.h"

#include <cmath>
#include <gtest/gtest.h>
#include <vector>

using namespace bdc::units;

TEST(Rational, ReducesAndOrders) {
  EXPECT_EQ(Rational(2, 4), Rational(1, 2));
  EXPECT_EQ(Rational(1, -2), Rational(-1, 2));
  EXPECT_EQ(Rational(1, 2) + Rational(1, 3), Rational(5, 6));
  EXPECT_EQ(Rational(1, 2) - Rational(1, 2), Rational(0));
  EXPECT_EQ(Rational(2, 3) / Rational(4, 3), Rational(1, 2));
  EXPECT_LT(Rational(-1, 2), Rational(1, 3));
  EXPECT_EQ(Rational(-3, 2).floor(), -2);
  EXPECT_EQ(Rational(3, 2).floor(), 1);
}

TEST(Dimension, IsAGroup) {
  std::vector<Dimension> all = {dim::voltage, dim::current, dim::capacitance, dim::concentration, dim::temperature};
  for (const Dimension &a : all) {
    EXPECT_EQ(a * dim::none, a);
    EXPECT_EQ(a / a, dim::none);
    EXPECT_EQ(a.pow(Rational(1, 2)).pow(2), a);
    for (const Dimension &b : all) {
      EXPECT_EQ(a * b, b * a);
      EXPECT_EQ((a * b).pow(3), a.pow(3) * b.pow(3));
      EXPECT_EQ(a * b / b, a);
    }
  }
}

TEST(Dimension, LawsOfCircuits) {
  EXPECT_EQ(dim::conductance * dim::voltage, dim::current);
  EXPECT_EQ(dim::resistance * dim::capacitance, dim::time);
  EXPECT_EQ(unit("F/mol").dimension, (unit("C/mol") / unit("V")).dimension);
  EXPECT_EQ(unit("J").dimension, unit("V*C").dimension);
  EXPECT_EQ(unit("N/m^2").dimension, unit("Pa").dimension);
}

struct Conversion {
  const char *text;
  double value, coherent;
};

class Coherent : public testing::TestWithParam<Conversion> {};

TEST_P(Coherent, IsExact) {
  auto [text, value, coherent] = GetParam();
  EXPECT_EQ(unit(text).toCoherent(value), coherent) << text;
  EXPECT_EQ(unit(text).fromCoherent(coherent), value) << text;
}

INSTANTIATE_TEST_SUITE_P(Units, Coherent,
                         testing::Values(Conversion{"ms", 0.1, 0.1}, Conversion{"s", 0.1, 100}, Conversion{"us", 0.3, 0.0003},
                                         Conversion{"us", 25, 0.025}, Conversion{"min", 5, 300000}, Conversion{"h", 1, 3.6e6},
                                         Conversion{"mV", -55, -55}, Conversion{"V", 0.07, 70}, Conversion{"uV", 7, 0.007},
                                         Conversion{"nA", 0.7, 700}, Conversion{"pA", 80.5, 80.5}, Conversion{"nS", 6, 6},
                                         Conversion{"uS", 20, 20000}, Conversion{"S", 1e-9, 1}, Conversion{"pF", 281, 281},
                                         Conversion{"nF", 5, 5000}, Conversion{"Mohm", 250, 0.25}, Conversion{"GOhm", 0.3, 0.3},
                                         Conversion{"mS/cm^2", 1, 0.01}, Conversion{"mS/cm^2", 120, 1.2},
                                         Conversion{"uF/cm^2", 1, 0.01}, Conversion{"ohm*cm", 100, 0.001},
                                         Conversion{"mM", 1.2, 1.2}, Conversion{"uM", 3, 0.003}, Conversion{"M", 0.1, 100},
                                         Conversion{"Hz", 70, 0.07}, Conversion{"kHz", 1.5, 1.5}, Conversion{"/ms", 0.07, 0.07},
                                         Conversion{"mm/ms", 4, 4000}, Conversion{"%", 10, 0.1}, Conversion{"spikes", 3, 3},
                                         Conversion{"K", 310, 310}, Conversion{"mmol/L", 2, 2}, Conversion{"um^2", 7, 7},
                                         Conversion{"cm^2", 1, 1e8}, Conversion{"/s^2", 0.41, 4.1e-7},
                                         Conversion{"nS/nA", 3, 0.003}, Conversion{"J", 1e-18, 1}, Conversion{"fC", 2, 2}));

TEST(Units, PhysicalConstantsComeOutAsStated) {
  EXPECT_DOUBLE_EQ(unit("C/mol").toCoherent(96485.33212), 96.48533212); // F in fC/amol
  EXPECT_DOUBLE_EQ(unit("eV").toCoherent(1), 0.1602176634);             // in aJ
  EXPECT_DOUBLE_EQ(unit("mmHg").toCoherent(760), 760 * 133.322387415);
  EXPECT_DOUBLE_EQ(unit("deg").toCoherent(180), M_PI);
}

TEST(Units, RationalPowers) {
  Unit root = unit("/s^(1/2)");
  EXPECT_EQ(root.dimension, dim::rate.pow(Rational(1, 2)));
  EXPECT_DOUBLE_EQ(root.toCoherent(0.02), 0.02 / std::sqrt(1000.0));
  EXPECT_DOUBLE_EQ(unit("min").pow(Rational(1, 2)).toCoherent(2), 2 * std::sqrt(60000.0));
  EXPECT_EQ(unit("cm^2").pow(Rational(1, 2)).toCoherent(3), 30000);
}

TEST(Units, AffineTemperature) {
  Unit celsius = unit("degC");
  EXPECT_DOUBLE_EQ(celsius.toCoherent(6.3), 279.45);
  EXPECT_DOUBLE_EQ(celsius.fromCoherent(310.15), 37);
  EXPECT_DOUBLE_EQ(celsius.differenceToCoherent(10), 10);
}

TEST(Units, TextsOfProducts) {
  EXPECT_EQ((unit("mV") * unit("nS")).text, "mV*nS");
  EXPECT_EQ((unit("mV") / unit("ms")).text, "mV/ms");
  EXPECT_EQ((unit("mV") / unit("/ms")).text, "mV*ms");
  EXPECT_EQ((unit("uF/cm^2") * unit("cm^2")).text, "uF");
  EXPECT_EQ((unit("mV") / unit("mV")).text, "1");
  EXPECT_EQ(unit("uF/cm^2").pow(Rational(1, 2)).text, "uF^(1/2)/cm");
  EXPECT_EQ((unit("/s^(1/2)") * unit("/s^(1/2)")).text, "/s");
}

TEST(Units, ScalesMultiplyLikeNumbers) {
  for (const char *a : {"mV", "min", "eV", "mS/cm^2", "deg", "mmHg"})
    for (const char *b : {"ms", "uF/cm^2", "day", "%"}) {
      Unit product = unit(a) * unit(b);
      EXPECT_NEAR(product.toCoherent(1) / (unit(a).toCoherent(1) * unit(b).toCoherent(1)), 1, 1e-14) << a << " " << b;
      EXPECT_NEAR((product / unit(b)).toCoherent(1) / unit(a).toCoherent(1), 1, 1e-14) << a << " " << b;
      Unit read = unit(product.text);
      EXPECT_EQ(read.dimension, product.dimension);
      EXPECT_NEAR(read.toCoherent(1) / product.toCoherent(1), 1, 1e-14) << product.text;
    }
}

TEST(Suggest, FindsTheNearestName) {
  std::vector<std::string> names = {"tau", "v_rest", "v_reset", "v_th", "N", "t_ref"};
  EXPECT_EQ(closest("tua", names), "tau");
  EXPECT_EQ(closest("v_Rest", names), "v_rest");
  EXPECT_EQ(closest("vrest", names), "v_rest");
  EXPECT_EQ(closest("n", names), "N");
  EXPECT_EQ(closest("conductance", names), "");
  EXPECT_EQ(closest("M", names), "");
  EXPECT_EQ(closest(std::string(size_t(1) << 24, 'n'), names), ""); // at once
}
