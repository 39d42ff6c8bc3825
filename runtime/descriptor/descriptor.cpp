#include "runtime/descriptor/descriptor.h"

#include "runtime/abi.h"
#include "runtime/descriptor/reader.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

namespace bdc::runtime {
namespace {

using detail::BadDescriptor;
using detail::Json;
using detail::Reader;

constexpr const char *kindNames[] = {"hidden", "param", "short_term", "trace", "delay", "work", "adjoint", "tape"};
constexpr const char *typeNames[] = {"f32", "f64", "i32", "u8", "real"};
constexpr const char *ruleNames[] = {"one_to_one", "all_to_all", "random", "fixed_in_degree", "fixed_out_degree", "connectome"};
constexpr size_t ruleArguments[] = {0, 0, 1, 1, 1, 0};
constexpr const char *recordNames[] = {"array", "probe", "spikes"};

/// Fills one descriptor, table by table, in the order in which tables refer to each other.
class Parser {
public:
  explicit Parser(const Json &json) : root(json, "descriptor") {}

  Descriptor parse() {
    header();
    root.each("scalars", [&](const Reader &r) { scalar(r); });
    if (out.scalars.empty() || out.scalars[0].name != "dt")
      root.fail("scalar 0 must be `dt`");
    const size_t scalars = out.scalars.size();
    out.duration = root.index("duration", scalars);
    out.discard = root.optionalIndex("discard", scalars);
    root.each("regions", [&](const Reader &r) { regions(r); });
    root.each("spaces", [&](const Reader &r) {
      out.spaces.push_back(
          {r.text("name"), r.index("size", scalars), r.flag("apart", false), r.optionalIndex("regions", out.regions.size())});
    });
    root.each("arrays", [&](const Reader &r) { array(r); });
    root.each("data", [&](const Reader &r) { data(r); });
    root.each("labels", [&](const Reader &r) {
      out.labels.push_back({r.index("scalar", scalars), r.text("label"), r.optionalIndex("regions", out.regions.size()),
                            r.optionalIndex("data", out.data.size())});
    });
    root.each("graphs", [&](const Reader &r) { graph(r); });
    root.each("queues", [&](const Reader &r) {
      out.queues.push_back({r.text("name"), r.index("space", out.spaces.size()), r.index("depth", scalars)});
    });
    root.each("records", [&](const Reader &r) { out.records.push_back(recordOf(r)); });
    root.each("summaries", [&](const Reader &r) { out.summaries.push_back(query(r)); });
    root.each("plots", [&](const Reader &r) { out.plots.push_back(query(r)); });
    if (root.has("loops"))
      for (const Json &role : root.json()["loops"])
        out.loops.push_back(role.get<std::string>());
    root.each("observed", [&](const Reader &r) {
      Observed observed{recordOf(r), r.optionalIndex("adjoint", out.arrays.size()), r.optionalIndex("rows", scalars), {}};
      if (r.has("tangent")) {
        const Reader tangent = r.child("tangent");
        observed.tangent = recordOf(tangent);
        observed.tangentAdjoint = tangent.optionalIndex("adjoint", out.arrays.size());
        observed.tangentRows = tangent.optionalIndex("rows", scalars);
      }
      out.observed.push_back(std::move(observed));
    });
    if (root.has("objective"))
      objective(root.child("objective"));
    if (root.has("gradient"))
      gradient(root.child("gradient"));
    if (root.has("unseen"))
      for (const Json &name : root.json()["unseen"])
        out.unseen.push_back(name.get<std::string>());
    if (root.has("tangent"))
      tangent(root.child("tangent"));
    if (root.has("fit"))
      fit(root.child("fit"));
    if (root.has("alike"))
      out.alike = root.indices("alike", scalars);
    if (root.has("built"))
      out.built = root.indices("built", scalars);
    out.checks = root.indices("checks", out.arrays.size());
    for (int check : out.checks)
      if (const Type type = out.arrays[check].type; type != Type::f32 && type != Type::f64)
        root.fail(fmt::format("`checks` names `{}`, which has no floating-point numbers", out.arrays[check].name));
    return std::move(out);
  }

private:
  void header() {
    if (const double version = root.number("abi", 0); version != BDC_ABI_VERSION)
      root.fail(fmt::format("made for version {} of the contract, this runtime has version {}", version, BDC_ABI_VERSION));
    out.hash = root.text("hash", "");
    out.experiment = root.text("experiment", "");
    out.network = root.text("network", "");
    out.name = root.text("name", out.experiment);
    out.real = root.text("precision") == "f32" ? Type::f32 : Type::f64;
    if (out.real == Type::f64 && root.text("precision") != "f64")
      root.fail("`precision` must be f64 or f32");
    out.width = static_cast<int>(root.number("width", 1));
    out.lanes = static_cast<int>(root.number("lanes", 0));
  }

  Display display(const Reader &r) const {
    Display d{r.text("unit", ""), r.number("factor", 1), r.number("offset", 0), r.text("difference", "")};
    if (d.unit == "1")
      d.unit.clear();
    return d;
  }

  void scalar(const Reader &r) {
    out.scalars.push_back(
        {r.text("name"), display(r), r.flag("settable", false), r.flag("whole", false), r.flag("merged", false),
         r.optionalIndex("given", root.list("scalars").size()), r.flag("part", false)});
  }

  Type numbers(const Reader &r) const {
    const int type = r.oneOf("type", typeNames);
    return type == 4 ? out.real : static_cast<Type>(type);
  }

  void array(const Reader &r) {
    Array a{r.text("name"), r.index("space", out.spaces.size()), display(r)};
    a.kind = static_cast<Kind>(r.oneOf("kind", kindNames));
    a.type = numbers(r);
    a.rows = r.optionalIndex("rows", out.scalars.size());
    a.byElement = r.flag("by_element", false);
    a.given = r.optionalIndex("given", out.scalars.size());
    out.arrays.push_back(std::move(a));
  }

  Range range(const Reader &r, const char *key) const {
    if (!r.has(key))
      return {};
    const std::vector<int> ends = r.indices(key, out.scalars.size());
    if (ends.size() != 3)
      r.fail(fmt::format("`{}` must be [first, last, stride]", key));
    return {ends[0], ends[1], ends[2]};
  }

  int function(const Reader &r, const char *key) {
    if (!r.has(key))
      return -1;
    const int k = r.child(key).index("function", 1u << 16);
    out.edgeFunctions = std::max(out.edgeFunctions, k + 1);
    return k;
  }

  static void texts(const Reader &r, const char *key, std::vector<std::string> &into) {
    for (const Json &text : r.list(key))
      if (text.is_string())
        into.push_back(text.get<std::string>());
  }

  void regions(const Reader &r) {
    Regions regions{r.text("name"), r.index("data", root.list("data").size()), r.index("size", out.scalars.size())};
    regions.except = r.flag("except", false);
    texts(r, "picks", regions.picks);
    out.regions.push_back(std::move(regions));
  }

  void data(const Reader &r) {
    DataSource d;
    d.name = r.text("name");
    d.readsLengths = r.flag("reads_lengths", false);
    const std::vector<int> facts = r.indices("facts", out.scalars.size());
    if (facts.size() != 5)
      r.fail("`facts` must name five scalars");
    d.facts = {facts[0], facts[1], facts[2], facts[3], facts[4], r.optionalIndex("rows", out.scalars.size()),
               r.optionalIndex("connections", out.scalars.size())};
    d.weights = r.optionalIndex("weights", out.arrays.size());
    if (d.weights >= 0 && (!out.arrays[d.weights].canBeGiven() || out.arrays[d.weights].type != Type::f64 || d.facts.connections != out.spaces[out.arrays[d.weights].space].size))
      r.fail("`weights` must name an array of f64 that can be given, with as many elements as there are connections");
    const Reader from = r.child("from");
    d.file = from.text("file", "");
    d.generator = from.text("generator", "");
    d.part = {from.optionalIndex("table", out.data.size()), from.optionalIndex("rows", out.regions.size()),
              from.optionalIndex("columns", out.regions.size()), select(from, "row_slice"), select(from, "column_slice")};
    if (!d.file.empty() + !d.generator.empty() + (d.part.table >= 0) != 1)
      r.fail("data come from a file, a generator or another table");
    if (from.has("words"))
      texts(from, "words", d.words);
    if (from.has("arguments"))
      from.each("arguments", [&](const Reader &a) { d.arguments.push_back({a.text("name"), a.index("scalar", out.scalars.size())}); });
    out.data.push_back(std::move(d));
  }

  void graph(const Reader &r) {
    Graph g;
    g.name = r.text("name");
    g.source = r.index("source", out.spaces.size());
    g.target = r.index("target", out.spaces.size());
    g.rule = static_cast<Rule>(r.oneOf("rule", ruleNames));
    g.arguments = r.indices("arguments", out.scalars.size());
    if (g.arguments.size() != ruleArguments[static_cast<int>(g.rule)])
      r.fail(fmt::format("the rule {} takes {} arguments", r.text("rule"), ruleArguments[static_cast<int>(g.rule)]));
    g.allowSelf = r.flag("allow_self", false);
    const std::string key = r.text("key", "0");
    if (auto [end, e] = std::from_chars(key.data(), key.data() + key.size(), g.key);
        e != std::errc() || end != key.data() + key.size())
      r.fail("`key` must be a decimal number of 64 bits, as a text");
    g.sourceRange = range(r, "source_range");
    g.targetRange = range(r, "target_range");
    g.weight = function(r, "weight");
    g.weightType = g.weight >= 0 && r.child("weight").has("type") ? numbers(r.child("weight")) : out.real;
    g.delay = function(r, "delay");
    g.fraction = function(r, "fraction");
    g.data = r.optionalIndex("data", out.data.size());
    if ((g.data >= 0) != (g.rule == Rule::connectome))
      r.fail("the rule connectome, and no other, names its data");
    g.maxDelay = r.optionalIndex("max_delay", out.scalars.size());
    g.byTarget = r.flag("by_target", false);
    g.bySource = r.flag("by_source", false);
    g.isBeside = r.flag("beside", false);
    out.graphs.push_back(std::move(g));
  }

  Select select(const Reader &r, const char *key = "select") const {
    if (!r.has(key))
      return {};
    const Reader s = r.child(key);
    const size_t scalars = out.scalars.size();
    return {s.optionalIndex("first", scalars), s.optionalIndex("last", scalars), s.optionalIndex("stride", scalars)};
  }

  Record recordOf(const Reader &r) {
    Record record;
    record.text = r.text("text");
    record.name = r.text("name", record.text);
    record.kind = static_cast<RecordKind>(r.oneOf("kind", recordNames));
    if (record.kind == RecordKind::spikes) {
      record.index = r.index("queue", out.queues.size());
      record.space = out.queues[record.index].space;
    } else if (record.kind == RecordKind::array) {
      record.index = r.index("array", out.arrays.size());
      record.space = out.arrays[record.index].space;
    } else {
      record.index = r.index("probe", 1u << 16);
      record.space = r.index("space", out.spaces.size());
      record.type = numbers(r);
      out.probeFunctions = std::max(out.probeFunctions, record.index + 1);
    }
    record.select = select(r);
    record.every = r.optionalIndex("every", out.scalars.size());
    record.display = display(r);
    return record;
  }

  void objective(const Reader &r) {
    Objective &o = out.objective.emplace();
    o.display = display(r);
    o.maximise = r.flag("maximise", false);
    r.each("files", [&](const Reader &f) {
      DataFile file{f.text("file"), {}, display(f), f.optionalIndex("like", out.observed.size())};
      if (f.has("words"))
        for (const Json &word : f.json()["words"])
          file.words.push_back(word.get<std::string>());
      o.files.push_back(std::move(file));
    });
    r.each("nodes", [&](const Reader &n) {
      FunctionalNode node{n.text("text"), n.text("function"), {}, {}};
      using K = FunctionalNode::Source::Kind;
      n.each("sources", [&](const Reader &s) {
        const std::pair<const char *, std::pair<K, size_t>> kinds[] = {
            {"observed", {K::observed, out.observed.size()}}, {"node", {K::node, o.nodes.size()}}, {"data", {K::data, o.files.size()}}};
        for (const auto &[key, kind] : kinds)
          if (s.has(key))
            node.sources.push_back({kind.first, s.index(key, kind.second)});
      });
      if (n.has("options"))
        for (const auto &[name, value] : n.child("options").json().items())
          node.options.push_back({name, n.child("options").index(name.c_str(), out.scalars.size())});
      o.nodes.push_back(std::move(node));
    });
    o.leaves = r.indices("leaves", o.nodes.size());
  }

  void gradient(const Reader &r) {
    Gradient &g = out.gradient.emplace();
    g.segment = r.optionalIndex("segment", out.scalars.size());
    r.each("parameters", [&](const Reader &p) {
      GradientParameter parameter{p.text("name"), p.optionalIndex("scalar", out.scalars.size()), p.optionalIndex("array", out.arrays.size()), {}};
      p.each("parts", [&](const Reader &part) {
        parameter.parts.push_back({part.index("array", out.arrays.size()), part.optionalIndex("factor", out.scalars.size()),
                                   part.optionalIndex("edges", out.graphs.size()), part.optionalIndex("factors", out.graphs.size())});
      });
      g.parameters.push_back(std::move(parameter));
    });
  }

  void tangent(const Reader &r) {
    Tangent &t = out.tangent.emplace();
    r.each("parameters", [&](const Reader &p) {
      const int scalar = p.optionalIndex("scalar", out.scalars.size()), array = p.optionalIndex("array", out.arrays.size());
      t.parameters.push_back({p.text("name"), scalar, array, p.index("along", scalar >= 0 ? out.scalars.size() : out.arrays.size()),
                              p.has("observed") ? p.indices("observed", out.observed.size()) : std::vector<int>()});
    });
  }

  FitParameter fitParameter(const Reader &r) const {
    const size_t scalars = out.scalars.size();
    FitParameter p{r.text("name"), r.optionalIndex("scalar", scalars), r.optionalIndex("array", out.arrays.size()),
                   r.optionalIndex("low", scalars), r.optionalIndex("high", scalars), r.text("transform", "automatic"), select(r), {}, {}};
    if ((p.scalar >= 0) == (p.array >= 0))
      r.fail("a parameter is a scalar or an array");
    if (r.has("prior")) {
      p.prior = r.child("prior").text("function");
      p.priorArguments = r.child("prior").indices("arguments", scalars);
    }
    return p;
  }

  void fit(const Reader &r) {
    if (!out.objective)
      r.fail("a fit needs an objective");
    FitRequest &f = out.fit.emplace();
    const size_t scalars = out.scalars.size();
    f.method = r.text("method");
    r.each("parameters", [&](const Reader &p) { f.parameters.push_back(fitParameter(p)); });
    if (r.has("options")) {
      const Reader options = r.child("options");
      for (const auto &[name, value] : options.json().items()) {
        const bool isWord = value.is_string();
        f.options.push_back({name, isWord ? -1 : options.child(name.c_str()).index("scalar", scalars), isWord ? options.text(name.c_str()) : ""});
      }
    }
    f.steps = r.optionalIndex("steps", scalars);
    f.starts = r.optionalIndex("starts", scalars);
    f.screen = r.optionalIndex("screen", scalars);
    f.truncate = r.optionalIndex("truncate", scalars);
    f.spread = r.text("spread", "sobol");
    f.uncertainty = r.flag("uncertainty", false);
    if (!r.has("stop"))
      return;
    const Reader stop = r.child("stop");
    f.stop = {stop.optionalIndex("loss", scalars),       stop.optionalIndex("patience", scalars), stop.optionalIndex("tolerance", scalars),
              stop.optionalIndex("parameters", scalars), stop.optionalIndex("gradient", scalars), stop.optionalIndex("time", scalars)};
  }

  Argument argument(const Reader &r) {
    using K = Argument::Kind;
    const std::pair<const char *, std::pair<K, size_t>> tables[] = {
        {"queue", {K::queue, out.queues.size()}},    {"array", {K::array, out.arrays.size()}},
        {"record", {K::record, out.records.size()}}, {"probe", {K::probe, 1u << 16}},
        {"space", {K::space, out.spaces.size()}},    {"scalar", {K::scalar, out.scalars.size()}},
        {"summary", {K::summary, out.summaries.size()}}, {"data", {K::data, out.data.size()}},
        {"node", {K::node, 1u << 16}}};
    if (r.has("parameter")) {
      Argument a;
      a.kind = K::parameter;
      a.name = r.text("parameter");
      return a;
    }
    for (const auto &[key, table] : tables) {
      if (!r.has(key))
        continue;
      Argument a;
      a.kind = table.first;
      a.index = r.index(key, table.second);
      a.name = r.text("name", "");
      a.select = select(r);
      a.every = r.optionalIndex("every", out.scalars.size());
      a.text = r.text("text", "");
      a.hasDisplay = r.has("unit");
      a.display = display(r);
      if (a.kind == K::probe) {
        a.space = r.index("space", out.spaces.size());
        a.type = numbers(r);
        out.probeFunctions = std::max(out.probeFunctions, a.index + 1);
      }
      return a;
    }
    r.fail("an argument names a queue, an array, a record, a probe, a space, a scalar, a summary, a parameter, data or a node of the objective");
  }

  Query query(const Reader &r) {
    Query q{r.text("text"), r.text("function", ""), {}, display(r)};
    r.each("arguments", [&](const Reader &a) { q.arguments.push_back(argument(a)); });
    if (r.has("options")) {
      const Reader options = r.child("options");
      for (const auto &[name, value] : options.json().items()) {
        Argument a;
        a.index = options.index(name.c_str(), out.scalars.size());
        a.name = name;
        q.arguments.push_back(std::move(a));
      }
    }
    return q;
  }

  Reader root;
  Descriptor out;
};

} // namespace

std::string unitPer(const Display &what, const Display &of) {
  const std::string unit = what.ofDifferences().unit, per = of.ofDifferences().unit;
  return per.empty() ? unit : fmt::format("{}per {}", unit.empty() ? "" : unit + " ", per);
}

Result<Descriptor> parseDescriptor(std::string_view text) {
  const Json json = Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded())
    return internalError("the program's descriptor is not JSON");
  try {
    return Parser(json).parse();
  } catch (const BadDescriptor &bad) {
    return internalError(bad.what());
  } catch (const Json::exception &bad) {
    return internalError(bad.what());
  }
}

std::string Descriptor::unseenText() const {
  return unseen.empty() ? "" : fmt::format("; without what {} would change, of which the population names no surrogate", fmt::join(unseen, " and "));
}

} // namespace bdc::runtime
