// bdc: the command line. Options are read here, everything else happens in the sub-commands' own files.
#include "tools/src/bdc/answer.h"
#include "tools/src/bdc/commands.h"
#include "tools/src/bdc/terminal.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>

using namespace bdc::tool;

namespace {

std::string commandLine(int argc, char **argv) {
  std::string line = "bdc";
  for (int i = 1; i < argc; ++i)
    line += fmt::format(" {}", argv[i]);
  return line;
}

std::string isSetting(const std::string &text) {
  size_t equals = text.find('=');
  return equals == text.npos || equals == 0 ? fmt::format("`{}` is not NAME=VALUE", text) : "";
}

std::string isSeed(const std::string &text) {
  uint64_t seed = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  return error == std::errc() && end == text.data() + text.size() ? "" : fmt::format("`{}` is not a whole number from 0 to 2^64 - 1", text);
}

std::string isMemory(const std::string &text) {
  char *end = nullptr;
  const double size = std::strtod(text.c_str(), &end);
  return *end == '\0' && size > 0 && size < 1e6 ? "" : fmt::format("`{}` is no size of a memory in GiB, such as 8 or 0.5", text);
}

constexpr const char *statuses = "Exit status: 0 it worked; 1 the model, a file or a value that was set is wrong; 2 the command line is\n"
                                 "wrong; 3 the run failed (memory, a NaN, a full disk); 130 interrupted, with all saved that was simulated.";

void addCheck(CLI::App &app, CheckArguments &arguments) {
  CLI::App *command = app.add_subcommand("check", "Say everything that is wrong with model files, without running them");
  command->footer(fmt::format("Silent where nothing is wrong.\n\n{}", statuses));
  command->add_option("FILE", arguments.files, "Model files (.bd)")->required()->type_name("");
  command->add_flag("--json", arguments.json, "The diagnostics as one JSON object on standard output, and nothing else");
}

void addEmit(CLI::App &app, EmitArguments &arguments) {
  CLI::App *command = app.add_subcommand("emit", "Print what a model becomes at a stage of its compilation");
  command->footer("Stages, in their order:\n"
                  "  tokens, tree   the text as it was read\n"
                  "  bd             what the model means, with its units\n"
                  "  step           one step of the simulation, integrators written out\n"
                  "  grad           the same with the loops that go backwards, where an objective is differentiated\n"
                  "  tangent        the same with tangents, where an objective is differentiated; --forward: later stages too\n"
                  "  second         the way back through the program with tangents: the Hessian times a direction\n"
                  "  loops, llvm    vectorised loops; LLVM's form of them\n"
                  "  asm, obj       machine code as text, or as an object file\n"
                  "  ptx            kernels for a GPU\n");
  command->add_option("FILE", arguments.file, "Model file (.bd)")->required()->type_name("");
  command->add_option("--stage", arguments.stage, "Which stage, see below")
      ->required()->check(CLI::IsMember(stages()))->type_name("STAGE");
  command->add_option("--experiment", arguments.experiment, "Which experiment of the file (default: the first)")->type_name("NAME");
  command->add_option("--precision", arguments.precision, "Numbers of 64 or 32 bits: f64 (default) or f32")
      ->check(CLI::IsMember({"f64", "f32"}))->type_name("P");
  command->add_option("--width", arguments.width, "Numbers per vector: 1, 2, 4, 8 or 16 (default: as this processor has them)")
      ->check(CLI::IsMember({1, 2, 4, 8, 16}))->type_name("W");
  command->add_flag("--forward", arguments.forward, "Of the program with tangents (bdc grad --forward)");
  command->add_flag("--side-by-side", arguments.sideBySide, "With the loop for several lanes of a sweep at once");
  command->add_option("--chip", arguments.chip, "GPU for --stage=ptx (default: sm_80)")->type_name("CHIP");
  command->add_option("-o", arguments.output, "File to write (default: standard output)")->type_name("FILE");
}

/// What `run`, `grad` and `gradcheck` have in common.
void addModel(CLI::App *command, RunArguments &arguments) {
  command->add_option("FILE", arguments.file, "Model file (.bd)")->required()->type_name("");
  command->add_option("--experiment", arguments.experiment, "Which experiment of the file (default: the first)")->type_name("NAME");
  command->add_option("--set", arguments.sets,
                      "Change a parameter, a size, `dt` or `duration`: --set E.tau=\"10 ms\"; can be given several times")
      ->type_name("NAME=VALUE")->allow_extra_args(false)->check(isSetting, "");
  command->add_option("--seed", arguments.seed, "What random numbers are made from (default: 1)")->check(isSeed, "")->type_name("N");
  command->add_option("--threads", arguments.threads, "Threads that simulate; results do not depend on them (default: 1)")
      ->check(CLI::Range(1, 1024))->type_name("N");
  command->add_option("--precision", arguments.precision, "Numbers of 64 or 32 bits: f64 (default) or f32")
      ->check(CLI::IsMember({"f64", "f32"}))->type_name("P");
  command->add_option("--checkpoints", arguments.checkpoints, "Of gradients: as many checkpoints as this (default: as are best)")
      ->check(CLI::Range(int64_t(1), int64_t(1) << 40))->type_name("N");
  command->add_option("--disk-checkpoints", arguments.onDisk, "Of gradients: as many checkpoints besides, in a temporary file (default: none)")
      ->check(CLI::Range(int64_t(1), int64_t(1) << 40))->type_name("N");
  command->add_option("--max-memory", arguments.maxMemoryGiB, "Refuse a run that takes more (default: what is free)")
      ->check(isMemory, "")->type_name("GiB");
  command->add_flag("--json", arguments.json, "Print one JSON object on standard output, and nothing else");
  command->add_flag("--no-cache", arguments.noCache, "Compile anew, and keep nothing of it for the next time");
  command->add_option("--width", arguments.width, "Numbers per vector: 1, 2, 4, 8 or 16 (default: as this processor has them)")
      ->check(CLI::IsMember({1, 2, 4, 8, 16}))->type_name("W");
}

void addGradients(CLI::App &app, RunArguments &arguments) {
  CLI::App *grad = app.add_subcommand("grad", "Print the gradient of an experiment's objective");
  grad->footer(fmt::format("By what the experiment fits; in the objective's unit per unit of each parameter.\n\n{}", statuses));
  addModel(grad, arguments);
  CLI::Option *checkpoints = grad->get_option("--checkpoints"), *onDisk = grad->get_option("--disk-checkpoints");
  CLI::Option *forward = grad->add_flag("--forward", arguments.forward, "By forward mode: a run with tangents for each number")
                             ->excludes(checkpoints, onDisk);
  CLI::Option *along =
      grad->add_option("--along", arguments.along,
                       "By forward mode, in one run: how fast the objective changes where parameters move so fast, each in its own unit (an array: each\n"
                       "element). Can be given several times; what is not named stays")
          ->type_name("NAME=NUMBER")->allow_extra_args(false)->excludes(forward, checkpoints, onDisk);
  grad->add_flag("--curves", arguments.curves, "With --along and --json: how each series that the objective reads changes, too")
      ->needs(along, grad->get_option("--json"));
  grad->add_option("--hessian", arguments.hessian,
                   "The Hessian times a direction, which is given as that of --along: how the gradient changes along it. Reverse over forward mode")
      ->type_name("NAME=NUMBER")->allow_extra_args(false)->excludes(forward, along);
  CLI::App *check = app.add_subcommand("gradcheck", "Hold the gradient of an experiment's objective against forward mode and differences");
  check->footer(fmt::format("Each scalar, a few elements of each array, and one direction of all elements, by forward mode and by central differences of\n"
                            "several steps.\n"
                            "Ends with status 3 where a derivative cannot be trusted.\n\n{}",
                            statuses));
  addModel(check, arguments);
}

void addRun(CLI::App &app, RunArguments &arguments) {
  CLI::App *command = app.add_subcommand("run", "Simulate an experiment of a model file; print a summary, write recordings and a report");
  command->footer(fmt::format("Examples:\n"
                              "  bdc run coba.bd\n"
                              "  bdc run coba.bd --set N=40000 --set E.tau=\"10 ms\" --set duration=\"5 s\" --threads 2 --seed 3\n\n"
                              "Ctrl-C ends a run with everything saved, a second one kills it.\n\n{}",
                              statuses));
  addModel(command, arguments);
  command->add_option("--continue", arguments.continued, "Go on with the fit that this file of an earlier run holds")->type_name("FILE.h5");
  command->add_option("--seeds", arguments.seeds, "Run with so many seeds, from --seed on")->check(CLI::Range(1, 1'000'000))->type_name("N");
  command->add_option("--side-by-side", arguments.sideBySide,
                      "Lanes of a sweep as the numbers of one vector: where that is faster (auto, the default), always, never")
      ->check(CLI::IsMember({"auto", "always", "never"}))->type_name("HOW");
  command->add_option("--lane", arguments.lane, "Of a sweep run this lane alone, from 0")->check(CLI::Range(0, 999'999))->type_name("N");
  CLI::Option *output =
      command->add_option("-o,--output", arguments.output, "Where recordings go (default: the model's name with .h5, in this folder)")
          ->type_name("OUT.h5");
  CLI::Option *report =
      command->add_option("--report", arguments.report, "Where the report goes (default: beside the recordings, with .html)")
          ->type_name("OUT.html");
  command->add_flag("--no-output", arguments.noOutput, "Write neither recordings nor a report")->excludes(output, report);
  command->add_flag("--quiet", arguments.quiet, "Print nothing but errors and warnings");
  command->add_flag("--details", arguments.details, "With --json: what was simulated, and the processor time of the time loop, too");
}

/// All words that the command line so far could go on with, for a word that it could not.
std::string nearest(const CLI::App &app, const std::vector<std::string> &words) {
  std::vector<std::string> known;
  const CLI::App *command = app.get_subcommands().empty() ? &app : app.get_subcommands().front();
  for (const CLI::Option *option : command->get_options())
    for (const std::string &name : option->get_lnames())
      known.push_back("--" + name);
  for (const CLI::App *sub : command->get_subcommands({}))
    known.push_back(sub->get_name());
  std::vector<std::string_view> candidates(known.begin(), known.end());
  for (const std::string &word : words)
    if (std::string help = bdc::diag::didYouMeanHelp(word.substr(0, word.find('=')), candidates); !help.empty())
      return help;
  return "bdc --help says what there is";
}

/// What was printed may not have arrived: a full disk shows when the last of it is written.
int printed(int status) {
  if (std::fflush(stdout) == 0 && !std::ferror(stdout))
    return status;
  printError(fmt::format("cannot write standard output: {}", std::strerror(errno)));
  return status == Exit::ok ? int(Exit::runFailed) : status;
}

/// CLI11's messages, with this program's exit status. Help and version end well.
int usage(const CLI::App &app, const CLI::ParseError &error, bool asObject) {
  if (error.get_exit_code() == 0)
    return app.exit(error);
  std::vector<std::string> rest = app.remaining(true);
  bool unknown = app.get_subcommands().empty() && !rest.empty() && !rest.front().starts_with("-");
  std::string message = unknown ? fmt::format("there is no command `{}`", rest.front()) : error.what(), help = nearest(app, rest);
  printError(message, help);
  if (asObject)
    printAnswer(usageAnswer(message, help));
  return printed(Exit::wrongUsage);
}

bool wantsObject(int argc, char **argv) { return std::find(argv, argv + argc, std::string_view("--json")) != argv + argc; }

/// A stream that was closed would be the next file that is opened, and messages would be written into recordings. Standard output stays one
/// that cannot be written to, which `printed` reports.
void openStandardStreams() {
  for (const auto &[stream, mode] : {std::pair(0, O_RDONLY), {1, O_RDONLY}, {2, O_WRONLY}})
    if (fcntl(stream, F_GETFD) == -1 && errno == EBADF)
      (void)open("/dev/null", mode); // gets the lowest number that is free
}

/// `--seed 010`, as `seq -w` counts, would be taken for octal.
void readAsDecimal(CLI::App &app) {
  const auto decimal = [](const std::string &text) {
    const size_t first = text.find_first_not_of('0');
    if (first == text.npos)
      return text.substr(0, 1);
    return std::isdigit(static_cast<unsigned char>(text[first])) ? text.substr(first) : text;
  };
  for (CLI::Option *option : app.get_options())
    if (option->get_type_name().starts_with("N:") || option->get_type_name() == "N")
      option->transform(decimal, "");
  for (CLI::App *sub : app.get_subcommands({}))
    readAsDecimal(*sub);
}

/// `--json=no` would be taken for `--json`.
void refuseValuesOfFlags(CLI::App &app) {
  for (CLI::Option *option : app.get_options())
    if (option->get_items_expected_max() == 0)
      option->disable_flag_override();
  for (CLI::App *sub : app.get_subcommands({}))
    refuseValuesOfFlags(*sub);
}

int command(int argc, char **argv) {
  CLI::App app("bdc compiles and runs models of brain dynamics.", "bdc");
  app.set_version_flag("--version", "bdc " BDC_VERSION);
  app.set_help_all_flag("--help-all", "Help for all commands");
  app.footer("`bdc COMMAND --help` says more of a command. First steps, the language and its examples are in docs/start.md.");
  app.require_subcommand(1);
  CheckArguments checkArguments;
  EmitArguments emitArguments;
  RunArguments runArguments;
  addRun(app, runArguments);
  addGradients(app, runArguments);
  addCheck(app, checkArguments);
  addEmit(app, emitArguments);
  refuseValuesOfFlags(app);
  readAsDecimal(app);
  if (argc < 2) {
    printError("a command is missing");
    fmt::print(stderr, "\n{}", app.help());
    return Exit::wrongUsage;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &error) {
    return usage(app, error, wantsObject(argc, argv));
  }
  if (app.got_subcommand("check"))
    return printed(check(checkArguments));
  if (app.got_subcommand("emit"))
    return emit(emitArguments);
  runArguments.command = commandLine(argc, argv);
  if (app.got_subcommand("grad"))
    return printed(grad(runArguments));
  if (app.got_subcommand("gradcheck"))
    return printed(gradcheck(runArguments));
  return printed(run(runArguments));
}

} // namespace

int main(int argc, char **argv) {
  openStandardStreams();
  std::string message;
  try {
    return command(argc, argv);
  } catch (const std::bad_alloc &) {
    message = "the system has no memory left";
  } catch (const std::exception &failure) {
    message = fmt::format("this should not have happened: {}", failure.what());
  }
  printError(message);
  if (wantsObject(argc, argv))
    printAnswer(answer(Exit::runFailed, message, Json::array()));
  return printed(Exit::runFailed);
}
