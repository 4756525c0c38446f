import { Nothing } from "../ui/states"

export default function PageOf() {
  return <Nothing />
}
