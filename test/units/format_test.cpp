// Canonical texts of dimensions, and the names of quantities.
#include "dialects/units/unit.h"

#include <gtest/gtest.h>

using namespace bdc::units;

TEST(Format, PrefersNamedUnits) {
  EXPECT_EQ(format(dim::none), "1");
  EXPECT_EQ(format(dim::voltage), "mV");
  EXPECT_EQ(format(dim::current), "pA");
  EXPECT_EQ(format(dim::conductance), "nS");
  EXPECT_EQ(format(dim::conductance * dim::voltage), "pA");
  EXPECT_EQ(format(dim::time), "ms");
  EXPECT_EQ(format(dim::rate), "/ms");
  EXPECT_EQ(format(dim::rate.pow(Rational(1, 2))), "/ms^(1/2)");
  EXPECT_EQ(format(dim::voltage / dim::time), "mV/ms");
  EXPECT_EQ(format(dim::charge), "pA*ms");
  EXPECT_EQ(format(dim::conductance / dim::length.pow(2)), "nS/um^2");
  EXPECT_EQ(format(dim::capacitance / dim::length.pow(2)), "pF/um^2");
  EXPECT_EQ(format(dim::concentration / dim::time), "mM/ms");
  EXPECT_EQ(format(dim::resistance * dim::length), "GOhm*um");
  EXPECT_EQ(format(dim::length / dim::time), "um/ms");
}

TEST(Format, EveryDimensionReadsBackWithFactorOne) {
  const char *texts[] = {"m",     "kg",    "s",       "A",   "K",       "mol",       "cd",   "V",        "ohm",
                         "F",     "C",     "N",       "J",   "W",       "Pa",        "T",    "Wb",       "H",
                         "lx",    "Gy",    "kat",     "eV",  "mM",      "/s",        "m/s",  "m^2/s",    "V^2/Hz",
                         "A^2*s", "S/m^2", "mV/ms^2", "K/s", "s^(1/3)", "mol/m^2/s", "A*cd", "kg*mol/K", "mV^(1/2)*pA^(3/2)"};
  for (const char *a : texts)
    for (const char *b : texts) {
      Dimension dimension = unit(a).dimension * unit(b).dimension.pow(Rational(-1, 2));
      std::string text = format(dimension);
      Parsed parsed = parse(text);
      ASSERT_TRUE(parsed) << text;
      EXPECT_EQ(parsed->dimension, dimension) << text;
      EXPECT_TRUE(parsed->coherent().isOne()) << text;
      EXPECT_EQ(format(parsed->dimension), text);
    }
}

TEST(Format, CoherentUnitHasFactorOne) {
  Unit u = coherentUnit(dim::voltage / dim::time);
  EXPECT_EQ(u.text, "mV/ms");
  EXPECT_EQ(u.toCoherent(0.1), 0.1);
  EXPECT_TRUE(u.coherent().isOne());
}

TEST(Kind, NamesQuantities) {
  EXPECT_EQ(kindOf(dim::current), "current");
  EXPECT_EQ(kindOf(dim::voltage), "voltage");
  EXPECT_EQ(kindOf(dim::none), "pure number");
  EXPECT_EQ(kindOf(dim::rate), "rate");
  EXPECT_EQ(kindOf(dim::voltage / dim::time), "voltage per time");
  EXPECT_EQ(kindOf(unit("uF/cm^2").dimension), "capacitance density");
  EXPECT_EQ(kindOf(dim::voltage.pow(7)), "");
}

TEST(Kind, UsualUnitsAreThoseOfPapers) {
  EXPECT_EQ(usualUnit(dim::resistance), "Mohm");
  EXPECT_EQ(usualUnit(dim::conductance), "nS");
  EXPECT_EQ(usualUnit(dim::capacitance), "pF");
  EXPECT_EQ(usualUnit(unit("uF/cm^2").dimension), "uF/cm^2");
  EXPECT_EQ(usualUnit(unit("S/m^2").dimension), "mS/cm^2");
  EXPECT_EQ(usualUnit(unit("A/m^2").dimension), "uA/cm^2");
  EXPECT_EQ(usualUnit(dim::resistance * dim::length), "ohm*cm");
}

TEST(Kind, ProductsHaveTheUnitThatOneWrites) {
  EXPECT_EQ(joined("mV", "Mohm", true), "nA");
  EXPECT_EQ(joined("nS", "mV", false), "pA");
  EXPECT_EQ(joined("mS/cm^2", "mV", false), "uA/cm^2");
  EXPECT_EQ(joined("mV", "s", true), "mV/s");
  EXPECT_EQ(joined("uF/cm^2", "mS/cm^2", true), "");
  EXPECT_EQ(joined("degC", "s", true), "");
  EXPECT_EQ(joined("mV", "no unit", true), "");
  // What has no name is left to the coherent unit.
  EXPECT_EQ(joined("mV", "mV", false), "");
}
