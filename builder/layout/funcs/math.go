package funcs

import (
	"math"
	"slices"
)

// Math is the namespace "math".
type Math struct{}

func mathEntries() []entry {
	m := Math{}
	return []entry{
		{"add", []string{"math.Add"}, m.Add, "add A B [B …]", "The sum. Whole numbers stay whole; with a decimal among them all are decimals. Two texts are joined.", `{{ add 1 2 3 }} {{ add 1 0.5 }}`, "6 1.5"},
		{"sub", []string{"math.Sub"}, m.Sub, "sub A B [B …]", "A minus all others.", `{{ sub 5 2 }}`, "3"},
		{"mul", []string{"math.Mul"}, m.Mul, "mul A B [B …]", "The product.", `{{ mul 2 3 }}`, "6"},
		{"div", []string{"math.Div"}, m.Div, "div A B [B …]", "A divided by the others; whole numbers give a whole number.", `{{ div 7 2 }} {{ div 7.0 2 }}`, "3 3.5"},
		{"mod", []string{"math.Mod"}, m.Mod, "mod A B", "The remainder of A divided by B, both whole.", `{{ mod 7 3 }}`, "1"},
		{"modBool", []string{"math.ModBool"}, m.ModBool, "modBool A B", "Whether A can be divided by B without remainder.", `{{ modBool 6 3 }}`, "true"},
		{"ceil", []string{"math.Ceil"}, m.Ceil, "ceil A", "The least whole number that is not below A.", `{{ ceil 1.2 }}`, "2"},
		{"floor", []string{"math.Floor"}, m.Floor, "floor A", "The greatest whole number that is not above A.", `{{ floor 1.8 }}`, "1"},
		{"round", []string{"math.Round"}, m.Round, "round A", "The nearest whole number; halves away from 0.", `{{ round 1.5 }}`, "2"},
		{"sqrt", []string{"math.Sqrt"}, m.Sqrt, "sqrt A", "The square root.", `{{ sqrt 9 }}`, "3"},
		{"pow", []string{"math.Pow"}, m.Pow, "pow A B", "A to the power of B.", `{{ pow 2 10 }}`, "1024"},
		{"math.Log", nil, nil, "math.Log A", "The natural logarithm.", `{{ math.Log 1 }}`, "0"},
		{"math.Abs", nil, nil, "math.Abs A", "A without its sign.", `{{ math.Abs -2.5 }}`, "2.5"},
		{"math.Sum", nil, nil, "math.Sum A … or LIST", "The sum of all numbers.", `{{ math.Sum 1 (slice 2 3) }}`, "6"},
		{"math.Product", nil, nil, "math.Product A … or LIST", "The product of all numbers.", `{{ math.Product 2 (slice 3 4) }}`, "24"},
		{"math.Pi", nil, nil, "math.Pi", "The number π.", `{{ math.Pi | lang.FormatNumber 4 }}`, "3.1416"},
		{"max", []string{"math.Max"}, m.Max, "max A … or LIST", "The greatest number.", `{{ max 1 3 2 }} {{ max (slice 1 2.5) }}`, "3 2.5"},
		{"min", []string{"math.Min"}, m.Min, "min A … or LIST", "The least number.", `{{ min 1 3 2 }}`, "1"},
	}
}

// numbers reads numbers and lists of numbers.
func numbers(args []any) ([]num, error) {
	var out []num
	for _, a := range args {
		if isList(a) {
			l, _ := toList(a)
			for i := range l.Len() {
				n, ok := number(l.at(i))
				if !ok {
					return nil, mistake("%s is not a number", show(l.at(i)))
				}
				out = append(out, n)
			}
			continue
		}
		n, ok := number(a)
		if !ok {
			return nil, mistake("%s is not a number", show(a))
		}
		out = append(out, n)
	}
	if len(out) == 0 {
		return nil, mistake("takes numbers")
	}
	return out, nil
}

// fold joins numbers from the left.
func fold(args []any, whole func(a, b int64) (int64, error), decimal func(a, b float64) float64) (any, error) {
	ns, err := numbers(args)
	if err != nil {
		return nil, err
	}
	acc := ns[0]
	for _, n := range ns[1:] {
		if acc.whole && n.whole {
			if acc.i, err = whole(acc.i, n.i); err != nil {
				return nil, err
			}
			continue
		}
		acc = num{f: decimal(acc.float(), n.float())}
	}
	return acc.value(), nil
}

func atLeastTwo(args []any) error {
	if len(args) < 2 {
		return mistake("takes two numbers or more")
	}
	return nil
}

// Add is add.
func (Math) Add(args ...any) (any, error) {
	if err := atLeastTwo(args); err != nil {
		return nil, err
	}
	if a, ok := plain(args[0]).(string); ok && len(args) == 2 {
		if b, ok := plain(args[1]).(string); ok {
			return limited(a + b)
		}
	}
	return fold(args, func(a, b int64) (int64, error) { return a + b, nil }, func(a, b float64) float64 { return a + b })
}

// Sub is sub.
func (Math) Sub(args ...any) (any, error) {
	if err := atLeastTwo(args); err != nil {
		return nil, err
	}
	return fold(args, func(a, b int64) (int64, error) { return a - b, nil }, func(a, b float64) float64 { return a - b })
}

// Mul is mul.
func (Math) Mul(args ...any) (any, error) {
	if err := atLeastTwo(args); err != nil {
		return nil, err
	}
	return Math{}.Product(args...)
}

// Div is div.
func (Math) Div(args ...any) (any, error) {
	if err := atLeastTwo(args); err != nil {
		return nil, err
	}
	whole := func(a, b int64) (int64, error) {
		if b == 0 {
			return 0, mistake("division by 0")
		}
		return a / b, nil
	}
	return fold(args, whole, func(a, b float64) float64 { return a / b })
}

// Mod is mod.
func (Math) Mod(a, b any) (int, error) {
	ns, err := numbers([]any{a, b})
	if err != nil {
		return 0, err
	}
	if !ns[0].whole || !ns[1].whole {
		return 0, mistake("takes whole numbers")
	}
	if ns[1].i == 0 {
		return 0, mistake("division by 0")
	}
	return int(ns[0].i % ns[1].i), nil
}

// ModBool is modBool.
func (m Math) ModBool(a, b any) (bool, error) {
	n, err := m.Mod(a, b)
	return err == nil && n == 0, err
}

func onFloat(a any, f func(float64) float64) (float64, error) {
	n, err := Cast{}.ToFloat(a)
	return f(n), err
}

// Ceil is ceil.
func (Math) Ceil(a any) (float64, error) { return onFloat(a, math.Ceil) }

// Floor is floor.
func (Math) Floor(a any) (float64, error) { return onFloat(a, math.Floor) }

// Round is round.
func (Math) Round(a any) (float64, error) { return onFloat(a, math.Round) }

// Sqrt is sqrt.
func (Math) Sqrt(a any) (float64, error) { return onFloat(a, math.Sqrt) }

// Log is math.Log.
func (Math) Log(a any) (float64, error) { return onFloat(a, math.Log) }

// Abs is math.Abs.
func (Math) Abs(a any) (float64, error) { return onFloat(a, math.Abs) }

// Pi is math.Pi.
func (Math) Pi() float64 { return math.Pi }

// Pow is pow.
func (Math) Pow(a, b any) (float64, error) {
	ns, err := numbers([]any{a, b})
	if err != nil {
		return 0, err
	}
	if len(ns) != 2 {
		return 0, mistake("takes two numbers")
	}
	return math.Pow(ns[0].float(), ns[1].float()), nil
}

// Sum is math.Sum.
func (Math) Sum(args ...any) (any, error) {
	return fold(args, func(a, b int64) (int64, error) { return a + b, nil }, func(a, b float64) float64 { return a + b })
}

// Product is math.Product.
func (Math) Product(args ...any) (any, error) {
	return fold(args, func(a, b int64) (int64, error) { return a * b, nil }, func(a, b float64) float64 { return a * b })
}

// Max is max.
func (Math) Max(args ...any) (any, error) { return pick(args, slices.MaxFunc[[]num]) }

// Min is min.
func (Math) Min(args ...any) (any, error) { return pick(args, slices.MinFunc[[]num]) }

func pick(args []any, best func([]num, func(a, b num) int) num) (any, error) {
	ns, err := numbers(args)
	if err != nil {
		return nil, err
	}
	return best(ns, func(a, b num) int {
		c, _ := compare(a.value(), b.value())
		return c
	}).value(), nil
}
