/// A share of counts; 0 where there is nothing to share, which is scikit-learn's `zero_division=0`.
func ratio(_ part: Int, of whole: Int) -> Double { whole == 0 ? 0 : Double(part) / Double(whole) }
