// Unit texts: what is read, and how mistakes are answered.
#include "dialects/units/symbols.h"
#include "dialects/units/unit.h"

#include <gtest/gtest.h>

using namespace bdc::units;

TEST(Parse, ReadsTheFieldsUnits) {
  EXPECT_EQ(unit("mV").dimension, dim::voltage);
  EXPECT_EQ(unit("mS/cm^2").dimension, dim::conductance / dim::length.pow(2));
  EXPECT_EQ(unit("ohm*cm").dimension, dim::resistance * dim::length);
  EXPECT_EQ(unit("/ms").dimension, dim::rate);
  EXPECT_EQ(unit("1/ms").dimension, dim::rate);
  EXPECT_EQ(unit("ms^-1").dimension, dim::rate);
  EXPECT_EQ(unit("s^(-1/2)").dimension, dim::rate.pow(Rational(1, 2)));
  EXPECT_EQ(unit("spikes/s").dimension, dim::rate);
  EXPECT_EQ(unit("mM/ms/um").dimension, dim::concentration / dim::time / dim::length);
  EXPECT_EQ(unit("1").dimension, dim::none);
  EXPECT_EQ(unit("mosmol").dimension, dim::amount);
  EXPECT_EQ(unit("\u00B5m").toCoherent(1), 1);
  EXPECT_EQ(unit("k\u03A9").toCoherent(1), 1e-6);
}

TEST(Parse, WholeSymbolsWinOverPrefixes) {
  EXPECT_EQ(unit("min").toCoherent(1), 60000);
  EXPECT_EQ(unit("m").dimension, dim::length);
  EXPECT_EQ(unit("h").dimension, dim::time);
  EXPECT_EQ(unit("d").toCoherent(1), 86.4e6);
  EXPECT_EQ(unit("cd").dimension, Dimension::of(0, 0, 0, 0, 0, 0, 1));
  EXPECT_EQ(unit("Pa").dimension, Dimension::of(-1, 1, -2, 0));
  EXPECT_EQ(unit("mM").dimension, dim::concentration);
  EXPECT_EQ(unit("mm").dimension, dim::length);
  EXPECT_EQ(unit("mS").dimension, dim::conductance);
  EXPECT_EQ(unit("ms").dimension, dim::time);
  EXPECT_EQ(unit("Mm").toCoherent(1), 1e12);
}

TEST(Parse, EveryPrefixedSymbolReadsAsItself) {
  for (const Symbol &symbol : symbols())
    for (const Prefix &prefix : prefixes()) {
      std::string text = std::string(prefix.name) + std::string(symbol.name);
      Parsed parsed = parse(text);
      if (symbol.prefixes != Prefixes::All || lookUp(symbol.name)->text == text)
        continue;
      ASSERT_TRUE(parsed) << text;
      // What another whole symbol claims (`min`, `cd`, `Pa`, `kat`…) is not a prefixed unit.
      bool claimed = false;
      for (const Symbol &other : symbols())
        claimed |= other.name == text;
      if (!claimed && prefix.name != "d" && prefix.name != "da")
        EXPECT_EQ(parsed->dimension, symbol.dimension) << text;
    }
}

TEST(Parse, AffineStandsAlone) {
  EXPECT_TRUE(parse("degC"));
  EXPECT_FALSE(parse("mV/degC"));
  EXPECT_EQ(parse("mV/degC").error().suggestion, "K");
  EXPECT_FALSE(parse("degC^2"));
  EXPECT_FALSE(parse("/degC"));
}

struct Mistake {
  const char *text;
  size_t position, length;
  const char *suggestion;
};
class Mistakes : public testing::TestWithParam<Mistake> {};

TEST_P(Mistakes, AreFoundAndAnswered) {
  auto [text, position, length, suggestion] = GetParam();
  Parsed parsed = parse(text);
  ASSERT_FALSE(parsed) << text;
  EXPECT_EQ(parsed.error().position, position) << text;
  EXPECT_EQ(parsed.error().length, length) << text;
  EXPECT_EQ(parsed.error().suggestion, suggestion) << text;
  EXPECT_FALSE(parsed.error().message.empty());
}

INSTANTIATE_TEST_SUITE_P(Units, Mistakes,
                         testing::Values(Mistake{"msec", 0, 4, "ms"}, Mistake{"volt", 0, 4, "V"}, Mistake{"mv", 0, 2, "mV"},
                                         Mistake{"mVolt", 0, 5, "mV"}, Mistake{"Volts", 0, 5, "V"}, Mistake{"MHertz", 0, 6, "MHz"},
                                         Mistake{"nanoSiemens", 0, 11, "nS"}, Mistake{"KHz", 0, 3, "kHz"}, Mistake{"millimolar", 0, 10, "mM"},
                                         Mistake{"mV/sec", 3, 3, "s"}, Mistake{"uF/cm2", 3, 3, "cm^2"},
                                         Mistake{"kmin", 0, 4, "min"}, Mistake{"", 0, 0, ""}, Mistake{"mV*", 3, 0, ""},
                                         Mistake{"mV//s", 3, 2, ""}, Mistake{"s^", 2, 0, ""}, Mistake{"s^(1/0)", 5, 1, ""},
                                         Mistake{"s^(1/2", 6, 0, ""}, Mistake{"wobble", 0, 6, ""}, Mistake{"mV)", 2, 1, ""},
                                         Mistake{"GM", 0, 2, "Gm"}));
