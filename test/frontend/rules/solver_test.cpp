// Unit inference as linear algebra over the exponents.
#include "frontend/rules/solver.h"

#include <gtest/gtest.h>

using namespace bdc::rules;
using namespace bdc::units;

TEST(Solver, KnownTermsAgreeOrNot) {
  UnitSolver solver;
  EXPECT_TRUE(solver.unify(dim::voltage, dim::current * dim::resistance));
  EXPECT_FALSE(solver.unify(dim::voltage, dim::current));
}

TEST(Solver, FindsAFactor) {
  UnitSolver solver;
  UnitTerm g = solver.fresh();
  ASSERT_TRUE(solver.unify(g * UnitTerm(dim::voltage), dim::current));
  EXPECT_EQ(solver.dimension(g), dim::conductance);
  EXPECT_FALSE(solver.unify(g, UnitTerm()));
}

TEST(Solver, TakesRoots) {
  UnitSolver solver;
  UnitTerm sigma = solver.fresh();
  ASSERT_TRUE(solver.unify(sigma.pow(2), dim::rate));
  EXPECT_EQ(solver.dimension(sigma), dim::rate.pow(Rational(1, 2)));
}

TEST(Solver, CarriesWhatItLearnsThroughChains) {
  UnitSolver solver;
  UnitTerm a = solver.fresh(), b = solver.fresh(), c = solver.fresh();
  ASSERT_TRUE(solver.unify(a, b * b));
  ASSERT_TRUE(solver.unify(b, c / UnitTerm(dim::time)));
  EXPECT_FALSE(solver.resolve(a).isKnown());
  ASSERT_TRUE(solver.unify(c, dim::length));
  EXPECT_EQ(solver.dimension(a), (dim::length / dim::time).pow(2));
}

TEST(Solver, TwoEquationsForTwoUnknowns) {
  UnitSolver solver;
  UnitTerm a = solver.fresh(), b = solver.fresh();
  ASSERT_TRUE(solver.unify(a * b, dim::charge));
  ASSERT_TRUE(solver.unify(a / b, dim::current / dim::time));
  EXPECT_EQ(solver.dimension(a), dim::current);
  EXPECT_EQ(solver.dimension(b), dim::time);
}

TEST(Solver, AContradictionTeachesNothing) {
  UnitSolver solver;
  UnitTerm a = solver.fresh();
  ASSERT_FALSE(solver.unify(a * UnitTerm(dim::voltage), a * UnitTerm(dim::current)));
  EXPECT_FALSE(solver.resolve(a).isKnown());
}

TEST(Solver, WhatNothingFixesIsAPureNumber) {
  UnitSolver solver;
  EXPECT_EQ(solver.dimension(solver.fresh()), dim::none);
}
