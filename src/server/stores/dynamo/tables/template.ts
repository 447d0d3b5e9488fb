import { insightTableInput, logTableInput, ttlAttribute } from './tables.ts'

/**
 * The tables, the log's if there is one, as an AWS CloudFormation template (JSON, which SAM takes too). They are kept when
 * the stack goes: what is in them is not the stack's to delete.
 */
export function template(table: string, logTable: string | undefined): string {
  const whole = {
    AWSTemplateFormatVersion: '2010-09-09',
    Description:
      logTable === undefined
        ? 'Table of iops: the insights'
        : 'Tables of iops: the insights, and the log that gives them one order',
    Resources: {
      InsightTable: resource(insightTableInput(table)),
      ...(logTable !== undefined && { LogTable: resource(logTableInput(logTable)) }),
    },
  }
  return `${JSON.stringify(whole, undefined, 2)}\n`
}

const resource = (input: object) => ({
  Type: 'AWS::DynamoDB::Table',
  DeletionPolicy: 'Retain',
  UpdateReplacePolicy: 'Retain',
  Properties: { ...input, TimeToLiveSpecification: { AttributeName: ttlAttribute, Enabled: true } },
})
