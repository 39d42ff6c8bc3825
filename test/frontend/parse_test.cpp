#include "syntax_testing.h"

#include <gtest/gtest.h>

using namespace bdc;
using namespace bdc::syntax;
using bdc::syntax::testing::Parsed;

namespace {

std::string expression(std::string text) {
  diag::Sources sources;
  diag::Engine engine;
  diag::SourceId id = sources.add("expression", std::move(text));
  ExprPtr expr = parseExpressionText(sources, id, engine);
  return engine.hasErrors() ? diag::render(engine, sources) : dumpTree(*expr);
}

/// The tree of one statement of a model, network or experiment, without the lines around it.
std::string statement(std::string_view head, std::string text) {
  Parsed parsed(std::string(head) + " X {\n" + text + "\n}\n");
  EXPECT_EQ(parsed.errors(), "");
  std::string tree = parsed.tree();
  size_t begin = tree.find('\n') + 3;
  return tree.substr(begin, tree.size() - begin - 2); // without the last bracket and line
}

} // namespace

TEST(ParseExpression, Precedence) {
  EXPECT_EQ(expression("1 + 2 * 3"), "(+ 1 (* 2 3))");
  EXPECT_EQ(expression("a - b - c"), "(- (- a b) c)");
  EXPECT_EQ(expression("a / b * c"), "(* (/ a b) c)");
  EXPECT_EQ(expression("-x^2"), "(- (^ x 2))");
  EXPECT_EQ(expression("2^3^2"), "(^ 2 (^ 3 2))");
  EXPECT_EQ(expression("x^-1"), "(^ x -1)");
  EXPECT_EQ(expression("a * -b"), "(* a (- b))");
  EXPECT_EQ(expression("a < b + 1 and not c or d"), "(or (and (< a (+ b 1)) (not c)) d)");
  EXPECT_EQ(expression("if a > b then a else if c then b else 0"), "(if (> a b) a (if c b 0))");
}

TEST(ParseExpression, NumbersTakeTheirSignAndUnit) {
  EXPECT_EQ(expression("-60 mV"), "-60{mV}");
  EXPECT_EQ(expression("- 60 mV"), "(- 60{mV})");
  EXPECT_EQ(expression("a -5"), "(- a 5)");
  EXPECT_EQ(expression("-2^2"), "(- (^ 2 2))");
  EXPECT_EQ(expression("normal(-55 mV, 2 mV)"), "(call normal -55{mV} 2{mV})");
  EXPECT_EQ(expression("normal(-0.02, 0.01) Hz"), "(call normal -0.02 0.01){Hz}");
  EXPECT_EQ(expression("[0, 3] Hz"), "(list 0 3){Hz}");
}

TEST(ParseExpression, MembersSlicesCalls) {
  EXPECT_EQ(expression("E.v[0:10]"), "(index E.v 0:10)");
  EXPECT_EQ(expression("E[::2]"), "(index E ::2)");
  EXPECT_EQ(expression("E[-5:]"), "(index E -5:)");
  EXPECT_EQ(expression("x[t - d]"), "(index x (- t d))");
  EXPECT_EQ(expression("area[\"lA1\"].I"), "(index area \"lA1\").I");
  EXPECT_EQ(expression("SC[SC except \"lV1\"]"), "(index SC (except SC \"lV1\"))");
  EXPECT_EQ(expression("cells.v(tips[0])"), "(call cells.v (index tips 0))");
  EXPECT_EQ(expression("rate(E, I, bin = 5 ms)"), "(call rate E I bin=5{ms})");
  EXPECT_EQ(expression("correlation(area.x every 700 ms)"), "(call correlation (every area.x 700{ms}))");
  EXPECT_EQ(expression("random()"), "(call random)");
}

/// Words are reserved only where they begin a statement or clause.
TEST(ParseExpression, WordsMayBeNames) {
  EXPECT_EQ(expression("input + cell * weight"), "(+ input (* cell weight))");
  EXPECT_EQ(expression("from + to"), "(+ from to)");
}

TEST(ParseModel, Variables) {
  EXPECT_EQ(statement("neuron", "param a = 1, b : mV = 2, c"), "(param a = 1)\n  (param b{mV} = 2)\n  (param c)");
  EXPECT_EQ(statement("neuron", "param w = 1, trainable"), "(param w = 1 trainable)");
  EXPECT_EQ(statement("neuron", "param a ~ normal(0, 1) Hz"), "(param a ~ (call normal 0 1){Hz})");
  EXPECT_EQ(statement("neuron", "state m = steady"), "(state m = steady)");
  EXPECT_EQ(statement("plasticity", "state pre x = 0"), "(state pre x = 0)");
  EXPECT_EQ(statement("plasticity", "state pre = 0"), "(state pre = 0)");
  EXPECT_EQ(statement("synapse", "output g = a - b"), "(output g = (- a b))");
  EXPECT_EQ(statement("effect", "output g * (E - target.v)"), "(output (* g (- E target.v)))");
  EXPECT_EQ(statement("neuron", "input I : pA"), "(input I{pA})");
}

TEST(ParseModel, EquationsAndEvents) {
  EXPECT_EQ(statement("neuron", "v' = -v / tau"), "(derivative v (/ (- v) tau))");
  EXPECT_EQ(statement("neuron", "input = 3"), "(define input 3)");
  EXPECT_EQ(statement("neuron", "on v > v_th { emit spike; v = v_r; w += b; hold v for t_ref }"),
            "(on (> v v_th)\n    (emit spike)\n    (update v = v_r)\n    (update w += b)\n    (hold v for t_ref))");
  EXPECT_EQ(statement("synapse", "on spike { g += weight }"), "(on spike\n    (update g += weight))");
  EXPECT_EQ(statement("plasticity", "on post spike { x -= 1 }"), "(on post spike\n    (update x -= 1))");
}

TEST(ParseModel, DocumentationStaysWithItsStatement) {
  EXPECT_EQ(statement("neuron", "/// a constant\nparam a = 1 // not this"), "; a constant\n  (param a = 1)");
}

TEST(ParseNetwork, Statements) {
  EXPECT_EQ(statement("network", "population E = LIF[0.8 * N] { tau = 20 ms, a ~ uniform(0, 1) }"),
            "(population E LIF (* 0.8 N)\n    (set tau = 20{ms})\n    (set a ~ (call uniform 0 1)))");
  EXPECT_EQ(statement("network", "population I = LIF[10] like E { tau = 3 ms\n v = 5 mV }"),
            "(population I LIF 10 like E\n    (set tau = 3{ms})\n    (set v = 5{mV}))");
  EXPECT_EQ(statement("network", "start E.v, I.v ~ normal(0, 1) mV, E.w = 0"),
            "(start E.v I.v ~ (call normal 0 1){mV})\n  (start E.w = 0)");
  EXPECT_EQ(statement("network", "project p: E -> I, B.I2 { connect all; synapse AMPA; weight ~ uniform(0, 1)\n delay 2 ms }"),
            "(project p: E -> I B.I2\n    (connect all)\n    (synapse AMPA)\n    (weight ~ (call uniform 0 1))\n"
            "    (delay = 2{ms}))");
  EXPECT_EQ(statement("network", "layer b = f(a.x)\n param G = 1"), "(unsupported layer)\n  (param G = 1)");
  EXPECT_EQ(statement("network", "observe b = Low(2 * a.x)"), "(observe b (* 2 a.x)\n    (by Low))");
  EXPECT_EQ(statement("network", "observe e = Eeg(a.x, 2 * L.values)"), "(observe e a.x\n    (by Eeg)\n    (weight (* 2 L.values)))");
  EXPECT_EQ(statement("network", "observe b = Low(a.x) { tau = 5 ms } every 1 s"), "(observe b a.x every 1{s}\n    (by Low\n      (set tau = 5{ms})))");
}

TEST(ParseNetwork, StatementsOfMasses) {
  EXPECT_EQ(statement("network", "connectome SC = load(\"brain.h5\", normalise = max)"), "(connectome SC (call load \"brain.h5\" normalise=max))");
  EXPECT_EQ(statement("network", "matrix L = load(\"eeg.csv\", reference = average)"), "(matrix L (call load \"eeg.csv\" reference=average))");
  EXPECT_EQ(statement("network", "nodes a = Hopf[SC] { a = 1 }"), "(nodes a Hopf SC\n    (set a = 1))");
  EXPECT_EQ(statement("network", "nodes a = Hopf[SC except \"lV1\"]"), "(nodes a Hopf SC except \"lV1\")");
  EXPECT_EQ(statement("network", "couple a.x -> a.I by f(b,\n k = 2)\n param G = 1"),
            "(couple a.x -> a.I\n    (by f\n      (set k = 2))\n    (weight b))\n  (param G = 1)");
  EXPECT_EQ(statement("network", "couple far: a.x - a.y -> b.I\n  by f(SC.weights, delay = SC.lengths / 4 mm/ms, steps = ceil)"),
            "(couple far: (- a.x a.y) -> b.I\n    (by f)\n    (weight SC.weights)\n    (delay (/ SC.lengths 4{mm/ms}))\n    (steps ceil))");
  EXPECT_EQ(statement("network", "disturb a.I, b.J by White { sigma = 0.1 }"), "(disturb a.I b.J\n    (by White\n      (set sigma = 0.1)))");
}

TEST(ParseExperiment, Statements) {
  EXPECT_EQ(statement("experiment", "simulate N for 1 s, dt = 0.1 ms, method = heun, discard 20 s"),
            "(simulate N for 1{s} dt=0.1{ms} method=heun discard=20{s})");
  EXPECT_EQ(statement("experiment", "drive a.I = 1 nA from 1 ms to 2 ms"), "(drive a.I = 1{nA} from 1{ms} to 2{ms})");
  EXPECT_EQ(statement("experiment", "record E.v[0:10], spikes(E) every 1 ms"),
            "(record (index E.v 0:10) (call spikes E) every 1{ms})");
  EXPECT_EQ(statement("experiment", "summarise rate(E), fc = correlation(b)"),
            "(summarise (call rate E) fc=(call correlation b))");
  EXPECT_EQ(statement("experiment", "plot fc against target, loss"), "(plot (against fc target) loss)");
  EXPECT_EQ(statement("experiment", "let fc = load(\"a.csv\")"), "(let fc (call load \"a.csv\"))");
  EXPECT_EQ(statement("experiment", "fit G in [0, 3] Hz, a each in [1, 2]\n by adam(rate = 1), steps = 2"),
            "(fit (G in (list 0 3){Hz}) (a each in (list 1 2)) by (call adam rate=1) steps=2)");
}

TEST(ParseFile, DefinitionsThatAreReadOver) {
  Parsed parsed("cell Pyramidal {\n paint soma with X { g = 1 }\n}\nfunction f(x, y) = x + y\nimport a.b, c\n");
  EXPECT_EQ(parsed.errors(), "");
  EXPECT_EQ(parsed.tree(), "(unsupported cell Pyramidal)\n(function (f x y) (+ x y))\n(import a.b)\n(import c)\n");
}

TEST(ParseFile, RangesCoverWhatWasWritten) {
  Parsed parsed("neuron A {\n  param tau : ms = 5\n  v' = a + b * c\n}\n");
  const auto &model = as<ModelDecl>(*parsed.file.declarations[0]);
  EXPECT_EQ(parsed.sources.slice(model.body[0]->range), "param tau : ms = 5");
  const auto &sum = as<BinaryExpr>(*as<DerivativeStmt>(*model.body[1]).value);
  EXPECT_EQ(parsed.sources.slice(sum.range), "a + b * c");
  EXPECT_EQ(parsed.sources.slice(sum.right->range), "b * c");
  EXPECT_EQ(parsed.sources.slice(sum.opRange), "+");
  EXPECT_EQ(parsed.sources.slice(model.range), parsed.sources.get(parsed.id).text().substr(0, model.range.end));
}
