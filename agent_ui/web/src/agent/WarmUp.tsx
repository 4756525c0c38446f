import { CaretRightOutlined, EyeOutlined, PauseOutlined, PhoneFilled, PhoneOutlined } from "@ant-design/icons"
import { Button, Input, Segmented } from "antd"

/**
 * What the pop will need, drawn once out of sight while waiting: the first drawing of a control costs several
 * times the later ones (its styles are made then), and that must not fall into the moment a person answers.
 */
export function WarmUp() {
  return (
    <div style={{ position: "absolute", left: -9999, width: 380, visibility: "hidden" }} aria-hidden inert>
      <Button type="primary" danger size="large" icon={<PhoneOutlined rotate={225} />} />
      <Button type="primary" size="large" icon={<PhoneFilled />} />
      <Button size="large" icon={<PauseOutlined />} />
      <Button type="text" size="small" icon={<EyeOutlined />} />
      <Button type="link" size="small" icon={<CaretRightOutlined />} />
      <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} />
      <Input size="small" />
      <Segmented size="small" block options={["1", "2"]} />
    </div>
  )
}
