/// What is fitted: scalars, vectors, matrices and initial states, as one list of elements in coherent units, and the coordinates
/// in which an optimiser moves them.
#pragma once

#include "runtime/data/places.h"
#include "runtime/descriptor/descriptor.h"
#include "runtime/error.h"
#include "runtime/optimise/methods.h"
#include "runtime/optimise/optimiser.h"
#include "runtime/optimise/prior.h"
#include "runtime/optimise/transform.h"

#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace bdc::runtime::optimise {

/// One parameter as it was declared. Numbers are coherent; `display` leads to the user's unit.
struct Parameter {
  std::string name;
  Display display = {};
  std::vector<double> start; ///< one per element
  int64_t columns = 0;       ///< of a matrix; 0: a list, or a scalar where there is one element
  Places places = {};        ///< of entries of a table
  double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();
  Transform transform = Transform::automatic;
  std::vector<bool> frozen = {}; ///< elements that keep their start; empty: none
  std::optional<Prior> prior = {};

  bool isScalar() const { return start.size() == 1 && columns == 0 && places.empty(); }
  /// "a[3]", "W[1][2]", "SC.weights[lV1, rA2]", or the name alone of a scalar.
  std::string elementName(int64_t element) const;
  /// "0.5 Hz"
  std::string text(double value) const;
};

class Parameters {
public:
  /// Errors: a start outside of its interval, or on its end where the method cannot leave from there; an interval that is
  /// empty; a transform that does not fit the interval; nothing to fit.
  static Result<Parameters> create(std::vector<Parameter> list, Coordinates space);

  const std::vector<Parameter> &list() const { return parameters; }
  /// Elements of all parameters, frozen ones too; a parameter's begin at `offset`.
  int64_t elements() const { return elementCount; }
  int64_t offset(size_t parameter) const { return offsets[parameter]; }
  /// Coordinates: of what moves.
  int64_t dimension() const { return coordinateCount; }
  Coordinates space() const { return kind; }

  /// Start and bounds in coordinates.
  Problem problem() const;
  std::vector<double> startValues() const;

  /// Coordinates -> elements, and back.
  void values(std::span<const double> coordinates, std::span<double> values) const;
  void coordinates(std::span<const double> values, std::span<double> coordinates) const;

  /// A point of the unit cube -> coordinates: evenly within intervals that have two ends (of the logarithm, where the parameter's
  /// transform is log), else around the start.
  void place(std::span<const double> unit, std::span<double> coordinates) const;
  /// The point that is placed at the start.
  std::vector<double> startInCube() const;

  /// A gradient with respect to elements becomes one with respect to coordinates.
  void chain(std::span<const double> coordinates, std::span<const double> gradient, std::span<double> out) const;
  /// J·d: a direction of coordinates becomes one of elements.
  void push(std::span<const double> coordinates, std::span<const double> direction, std::span<double> out) const;
  /// Adds Σ gradient[i]·d²x[i]/dz² to a matrix over coordinates, row by row: what a Hessian needs besides Jᵀ·H·J.
  void addCurvature(std::span<const double> coordinates, std::span<const double> gradient, std::span<double> matrix) const;

  /// The priors' sum; adds its gradient with respect to elements where `gradient` is not empty.
  double penalty(std::span<const double> values, std::span<double> gradient) const;
  bool hasPriors() const;

  /// Adds the priors' second derivatives times a direction of elements.
  void addPriorCurvature(std::span<const double> values, std::span<const double> direction, std::span<double> out) const;

  /// Which element a coordinate moves; of a simplex, one of them.
  int64_t elementOf(int64_t coordinate) const;
  /// The coordinates that move an element, first and behind the last: one; all of a simplex; none where it is frozen.
  std::pair<int64_t, int64_t> coordinatesOf(int64_t element) const;
  size_t parameterOf(int64_t element) const;
  std::string elementName(int64_t element) const;

  /// Names, intervals and transforms in one text: equal where the coordinates are.
  std::string fingerprint() const;

private:
  /// The moving elements of a parameter, in order.
  struct Block {
    size_t parameter;
    std::vector<int64_t> elements;
    int64_t firstCoordinate;
    Map map;          ///< of each element, unless
    double total = 0; ///< above 0: a simplex with this sum
    int64_t coordinates() const { return static_cast<int64_t>(elements.size()) - (total > 0); }
  };
  Status addBlock(size_t parameter);

  std::vector<Parameter> parameters;
  std::vector<int64_t> offsets;
  std::vector<Block> blocks;
  int64_t elementCount = 0, coordinateCount = 0;
  Coordinates kind = Coordinates::free;
};

} // namespace bdc::runtime::optimise
